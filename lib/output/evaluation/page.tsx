/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { renderToString } from "preact-render-to-string";
import { selectHdus } from "../../classify/inputs.ts";
import { SpitError } from "../../errors.ts";
import type { Protocol } from "../../evaluation/confusion.ts";
import type { LabelledFrame } from "../../evaluation/manifest.ts";
import type { Prediction } from "../../evaluation/predictions.ts";
import type {
  MeanProportion,
  Proportion,
} from "../../evaluation/proportion.ts";
import type { PixelScore, Score, TypeScore } from "../../evaluation/score.ts";
import { openFits } from "../../fits/open_fits.ts";
import { preprocess } from "../../preprocess/preprocess.ts";
import { listEvidence } from "../explanation.ts";
import {
  encodeThumbnailUri,
  THUMBNAIL_HEIGHT,
  THUMBNAIL_WIDTH,
} from "../png.ts";
import { formatCount, formatProbability, formatReason } from "../text.ts";
import {
  drawGroups,
  drawMatrix,
  drawReliability,
  drawRiskCurves,
} from "./charts.ts";
import {
  CalibrationTable,
  ClaimTables,
  ComparisonTable,
  EvidenceTable,
  Figure,
  GroupTable,
  OtherTable,
  ReasonTable,
  Tile,
} from "./components.tsx";
import {
  type Evaluation,
  getFailureKind,
  type Section,
  sortFailures,
} from "./evaluation.ts";
import { STYLE } from "./style.ts";
import {
  formatChance,
  formatEvidenceText,
  formatInterval,
  formatMean,
  formatPercent,
  formatProportion,
  NAMES,
} from "./text.ts";

const MAX_HDUS = 4;

interface IllustratedFailure {
  readonly prediction: Prediction;
  /** Input images as `data:` URIs; none for a file that cannot be read. */
  readonly thumbnails: readonly string[];
}

/**
 * Renders one self-contained page without scripts: the proportion of right answers as its
 * first and largest number, further figures, the answer beside the pixel verdict, what
 * decided, claims, instruments, types and nights, risk and calibration, the paper's
 * protocols, and a thumbnail of every failure, for which the frames are read again.
 *
 * @returns HTML. Text from labels, headers and paths is escaped.
 */
export async function renderEvaluationPage(
  evaluation: Evaluation,
): Promise<string> {
  const [whole] = evaluation.sections;
  const failures = await Array.fromAsync(
    sortFailures(whole.score.failures),
    async (prediction): Promise<IllustratedFailure> => ({
      prediction,
      thumbnails: await makeThumbnails(prediction.frame),
    }),
  );
  const page = <Page evaluation={evaluation} failures={failures} />;
  return `<!doctype html>\n${renderToString(page)}\n`;
}

/**
 * Makes the input images of a frame at half size, 325 × 105, as `data:` URIs of PNGs:
 * one for each of the first four image HDUs; none for a file that cannot be read.
 */
export async function makeThumbnails(
  { path, hdu }: Pick<LabelledFrame, "path" | "hdu">,
): Promise<string[]> {
  try {
    using file = await openFits(path);
    return await Array.fromAsync(
      selectHdus(file, hdu).slice(0, MAX_HDUS),
      async ({ index }) =>
        encodeThumbnailUri(preprocess(await file.readFrame(index)).pixels),
    );
  } catch (error) {
    // The verdict on the page has the error.
    if (error instanceof SpitError) return [];
    throw error;
  }
}

function Page({ evaluation, failures }: {
  readonly evaluation: Evaluation;
  readonly failures: readonly IllustratedFailure[];
}) {
  const { title, notes, sections } = evaluation;
  const [{ score }, ...parts] = sections;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <Lead title={title} score={score} />
        {notes.map((note) => (
          <p class={note.startsWith("WARNING") ? "note warning" : "note"}>
            {note}
          </p>
        ))}
        <Headline score={score} />
        {parts.map((part) => <Part key={part.title} {...part} />)}
        <Evidence {...score} />
        <Groups {...score} />
        <Claims claims={score.claims} />
        <Reliability {...score} />
        <OtherTable {...score} />
        <Protocols paper={score.pixels.paper} />
        <Failures failures={failures} />
      </body>
    </html>
  );
}

/** The one number to take away, and what it is of. */
function Lead({ title, score: { answer, pixels, failures } }: {
  readonly title: string;
  readonly score: Score;
}) {
  const { correct } = answer.all;
  const { correct: pooled } = answer.otherInstruments;
  const isTyped = correct.n > 0;
  const { count, n, fraction, interval } = isTyped
    ? correct
    : answer.other.rejected;
  const used = failures.filter(({ verdict }) => verdict.use).length;
  return (
    <header class="lead">
      <h1>{title}</h1>
      <p class="number">{formatPercent(fraction)}</p>
      <p>
        {isTyped
          ? `${count} of ${formatCount(n, "frame")} have the right type`
          : `${count} of ${formatCount(n, "frame")} labelled other rejected`}
        {" "}
        (95 % interval {formatInterval(interval)}
        {pooled !== null &&
          `; for other instruments ${formatInterval(pooled.interval)}`}).{" "}
        {isTyped &&
          `The pixels alone: ${formatPercent(pixels.all.correct.fraction)}. `}
        Wrong and not marked: {formatCount(used, "frame")}.
      </p>
    </header>
  );
}

function Headline({ score }: { readonly score: Score }) {
  const { answer, pixels, claims, seconds } = score;
  const { all, instrumentMeans, calibration, other } = answer;
  const tiles: [
    name: string,
    value: Proportion | MeanProportion,
    noun?: string,
  ][] = [
    ["Mean over instruments", instrumentMeans.all.correct, "instrument"],
    ["Wrong and use: true", all.wrongAndUsed],
    ["Unknown", all.unknown],
    [`Correct, ${NAMES.merged}`, all.correctMerged],
    ["Pixel verdict correct", pixels.all.correct],
    ["Wrong claims flagged", claims.flagged.wrong],
    ["Right claims flagged", claims.flagged.right],
  ];
  if (other.rejected.n > 0) {
    tiles.push(["Labelled other, rejected", other.rejected]);
  }
  return (
    <>
      <dl class="tiles">
        {tiles.map(([name, value, noun]) => (
          <Tile key={name} name={name} value={value} noun={noun} />
        ))}
        <div class="tile">
          <dt>Calibration error of the answer</dt>
          <dd class="value">
            {formatPercent(calibration.equalWidth.error, 2)}
          </dd>
          <dd>
            by chance alone: {formatChance(calibration.equalWidth)};{" "}
            {calibration.equalWidth.n} classified frames
          </dd>
        </div>
        {seconds && (
          <div class="tile">
            <dt>Seconds a frame</dt>
            <dd class="value">{seconds.median.toFixed(3)}</dd>
            <dd>
              median of {seconds.n}; {seconds.total.toFixed(1)} s in total
            </dd>
          </div>
        )}
      </dl>
      <ComparisonTable {...score} />
    </>
  );
}

function Part({ title, score: { answer, pixels } }: Section) {
  const { all, instrumentMeans } = answer;
  return (
    <section>
      <h2>{title}</h2>
      <p>
        Correct: {formatProportion(all.correct)}. Mean over instruments:{" "}
        {formatMean(instrumentMeans.all.correct, "instrument")}.{" "}
        {all.wrong.count} wrong, {all.wrongAndUsed.count} of them to be used;
        {" "}
        {all.unknown.count} unknown. The pixel verdict is correct for{" "}
        {formatProportion(pixels.all.correct)}.
      </p>
    </section>
  );
}

function Evidence({ answer }: Pick<Score, "answer">) {
  return (
    <>
      <h2>What decided</h2>
      <EvidenceTable {...answer} />
      <div class="charts">
        <ReasonTable {...answer} />
        <Figure
          title="Confusion of the answer"
          svg={drawMatrix(answer.confusion, "counts")}
        >
          Number of frames: a row for each label, a column for each answer.
        </Figure>
      </div>
    </>
  );
}

function Claims({ claims }: Pick<Score, "claims">) {
  return (
    <>
      <h2>Claims of the headers</h2>
      <p>
        Right:{" "}
        {formatProportion(claims.right)}. Wrong claims flagged as conflict:{" "}
        {formatProportion(claims.flagged.wrong)}. Right claims flagged:{" "}
        {formatProportion(claims.flagged.right)}.
      </p>
      <ClaimTables claims={claims} />
    </>
  );
}

function Protocols({ paper }: Pick<PixelScore, "paper">) {
  return (
    <>
      <h2>The paper's two protocols, of the pixel verdict</h2>
      <p class="soft">
        Jankov &amp; Prochaska 2018; the header plays no part. The differential
        matrix is the confusion matrix minus the identity, in percent of each
        label: it is empty for a perfect classifier. The diagonal shows what a
        label lost, the rest of the row what it was called instead.
      </p>
      <ProtocolSection name={NAMES.flips} noun="flips" {...paper.flips} />
      <ProtocolSection name={NAMES.frames} noun="frames" {...paper.frames} />
    </>
  );
}

function ProtocolSection(
  { name, noun, normalisedAccuracy, accuracy, n, confusion }: Protocol & {
    readonly name: string;
    readonly noun: string;
  },
) {
  return (
    <section>
      <h3>{name}</h3>
      <p>
        Normalised accuracy {formatMean(normalisedAccuracy, "type")};{" "}
        {formatPercent(accuracy)} of all {n} {noun}.
      </p>
      <div class="charts">
        <Figure title="Confusion" svg={drawMatrix(confusion, "counts")}>
          Number of {noun}: a row for each label, a column for each prediction.
        </Figure>
        <Figure
          title="Differential confusion"
          svg={drawMatrix(confusion, "differential")}
        >
          Percent of the label's {noun}, minus the identity.
        </Figure>
      </div>
    </section>
  );
}

function Groups({ answer, pixels }: Pick<Score, "answer" | "pixels">) {
  const { byNight } = answer;
  return (
    <>
      <h2>Instruments and types</h2>
      <div class="charts">
        <Figure
          svg={drawGroups(
            answer.byInstrument,
            pixels.byInstrument,
            "instrument",
          )}
        >
          Percentage correct of the answer with Wilson 95 % intervals; number of
          frames in brackets. Hollow: the pixel verdict.
        </Figure>
        <Figure svg={drawGroups(answer.byType, pixels.byType, "type")}>
          The same by type.
        </Figure>
      </div>
      <GroupTable
        caption="By type"
        answer={answer.byType}
        pixels={pixels.byType}
      />
      <GroupTable
        caption="By instrument"
        answer={answer.byInstrument}
        pixels={pixels.byInstrument}
      />
      <details>
        <summary>By night ({byNight.length})</summary>
        <GroupTable
          caption="By night"
          answer={byNight}
          pixels={pixels.byNight}
        />
      </details>
    </>
  );
}

function Reliability({ answer, pixels }: Pick<Score, "answer" | "pixels">) {
  return (
    <>
      <h2>Probability</h2>
      <p class="soft">
        Filled: bins of equal numbers of frames with 95 % intervals; hollow: ten
        bins of equal width; dashed: perfect calibration.
      </p>
      <div class="charts">
        <ReliabilityFigure name={NAMES.answer} {...answer} />
        <ReliabilityFigure name={NAMES.pixels} {...pixels} />
        <Figure
          title="Risk against coverage"
          svg={drawRiskCurves(answer.risk, pixels.risk)}
        >
          Frames sorted by probability, the highest first. A curve ends where
          frames are unknown. Mean risk: {formatPercent(answer.risk.area, 2)}
          {" "}
          of the answer, {formatPercent(pixels.risk.area, 2)}{" "}
          of the pixel verdict.
        </Figure>
      </div>
      <details>
        <summary>Reliability tables of the answer</summary>
        <CalibrationTable
          caption="Bins of equal width"
          calibration={answer.calibration.equalWidth}
        />
        <CalibrationTable
          caption="Bins of equal numbers of frames"
          calibration={answer.calibration.equalMass}
        />
      </details>
    </>
  );
}

function ReliabilityFigure(
  { name, calibration }: Pick<TypeScore, "calibration"> & {
    readonly name: string;
  },
) {
  const { equalWidth, equalMass } = calibration;
  return (
    <Figure
      title={`Reliability of the ${name}`}
      svg={drawReliability(calibration, name)}
    >
      Expected calibration error {formatPercent(equalWidth.error, 2)}{" "}
      in bins of equal width (by chance alone: {formatChance(equalWidth)}),{" "}
      {formatPercent(equalMass.error, 2)} in bins of equal mass;{" "}
      {formatCount(equalWidth.n, "frame")}.
    </Figure>
  );
}

function Failures({ failures }: {
  readonly failures: readonly IllustratedFailure[];
}) {
  const groups = Map.groupBy(
    failures,
    ({ prediction }) => getFailureKind(prediction),
  );
  return (
    <>
      <h2>Failures ({failures.length})</h2>
      <p class="soft">
        Each with its input image at half size, the worst first.
      </p>
      {[...groups].map(([kind, members]) => (
        <section key={kind}>
          <h3>{kind} ({members.length})</h3>
          <ul class="failures">
            {members.map((failure) => (
              <Failure key={failure.prediction.frame.path} {...failure} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function Failure({ prediction, thumbnails }: IllustratedFailure) {
  const { frame, verdict } = prediction;
  const { type, probability, error } = verdict;
  const isClassified = type !== null && type !== "unknown";
  const origin = [frame.instrument, frame.night].filter(Boolean).join(", ");
  const rows: [name: string, text: string | undefined][] = [
    ["reason", formatReason(verdict)],
    ...listEvidence(verdict).map((item): [string, string] => [
      item.kind,
      formatEvidenceText(item),
    ]),
    ["error", error?.message],
    ["label", `${frame.confidence} confidence; ${origin}`],
    ["path", frame.path],
  ];
  return (
    <li class="card">
      {thumbnails.length === 0 && <div class="none">no input image</div>}
      {thumbnails.map((uri) => (
        <img
          src={uri}
          width={THUMBNAIL_WIDTH}
          height={THUMBNAIL_HEIGHT}
          loading="lazy"
          alt=""
        />
      ))}
      <div class="text">
        <div class="outcome">
          {frame.label} →{" "}
          <span class={isClassified ? "wrong" : "unknown"}>
            {type ?? error?.code}
          </span>
          {probability !== null && ` ${formatProbability(probability)}`}
        </div>
        <dl>
          {rows.map(([name, text]) =>
            text && (
              <>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </>
            )
          )}
        </dl>
      </div>
    </li>
  );
}
