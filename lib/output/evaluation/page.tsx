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
import type { Score } from "../../evaluation/score.ts";
import { openFits } from "../../fits/open_fits.ts";
import { preprocess } from "../../preprocess/preprocess.ts";
import {
  encodeThumbnailUri,
  THUMBNAIL_HEIGHT,
  THUMBNAIL_WIDTH,
} from "../png.ts";
import {
  formatClaim,
  formatProbability,
  formatReason,
  formatVotes,
} from "../text.ts";
import {
  drawGroups,
  drawMatrix,
  drawReliability,
  drawRiskCurve,
} from "./charts.ts";
import {
  CalibrationTable,
  Figure,
  GroupTable,
  InstrumentMeansTable,
  OtherTable,
  Tile,
} from "./components.tsx";
import { type Evaluation, type Section, sortFailures } from "./evaluation.ts";
import { STYLE } from "./style.ts";
import { formatMean, formatPercent, formatProportion, NAMES } from "./text.ts";

const MAX_HDUS = 4;

interface IllustratedFailure {
  readonly prediction: Prediction;
  /** Input images as `data:` URIs; none for a file that cannot be read. */
  readonly thumbnails: readonly string[];
}

/**
 * Renders one self-contained page without scripts: headline figures, both protocols with their matrices,
 * instruments, types, nights, risk and calibration, and a thumbnail of every failure,
 * for which the frames are read again.
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
        <h1>{title}</h1>
        {notes.map((note) => (
          <p class={note.startsWith("WARNING") ? "note warning" : "note"}>
            {note}
          </p>
        ))}
        <Headline score={score} />
        {parts.map((part) => <Part key={part.title} {...part} />)}
        <Protocols paper={score.paper} />
        <Groups score={score} />
        <OtherTable other={score.other} />
        <Reliability score={score} />
        <Failures failures={failures} />
      </body>
    </html>
  );
}

function Headline({ score }: { readonly score: Score }) {
  const { all, paper, instrumentMeans, calibration, other, seconds } = score;
  const means = instrumentMeans.all;
  const tiles: [
    name: string,
    value: Proportion | MeanProportion,
    noun?: string,
  ][] = [
    ["Correct", all.correct],
    [`Correct, ${NAMES.merged}`, all.correctMerged],
    ["Wrong, not standard/science", all.wrong],
    ["Standard for science or reverse", all.onSky],
    ["Unknown", all.unknown],
    ["Every flip, normalised (§4.1)", paper.flips.normalisedAccuracy, "type"],
    [
      "Final scheme, normalised (§4.2)",
      paper.frames.normalisedAccuracy,
      "type",
    ],
    ["Mean over instruments", means.correct, "instrument"],
    [
      `Mean over instruments, ${NAMES.mergedIfUnsure}`,
      means.correctMergedIfUnsure,
      "instrument",
    ],
    [
      `Mean over instruments, ${NAMES.merged}`,
      means.correctMerged,
      "instrument",
    ],
    ["Darks and biases correct", score.darkBias.correct],
  ];
  if (other.rejected.n > 0) {
    tiles.push(["Labelled other, rejected", other.rejected]);
  }
  return (
    <dl class="tiles">
      {tiles.map(([name, value, noun]) => (
        <Tile key={name} name={name} value={value} noun={noun} />
      ))}
      <div class="tile">
        <dt>Expected calibration error</dt>
        <dd class="value">{formatPercent(calibration.equalWidth.error, 2)}</dd>
        <dd>
          {formatPercent(calibration.equalMass.error, 2)} in equal-mass bins;
          {" "}
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
  );
}

function Part({ title, score }: Section) {
  const { all, instrumentMeans } = score;
  return (
    <section>
      <h2>{title}</h2>
      <p>
        Correct: {formatProportion(all.correct)}. With {NAMES.merged}:{" "}
        {formatProportion(all.correctMerged)}. Mean over instruments:{" "}
        {formatMean(instrumentMeans.all.correct, "instrument")}.{" "}
        {all.wrong.count} wrong, {all.unknown.count} unknown.
      </p>
    </section>
  );
}

function Protocols({ paper }: Pick<Score, "paper">) {
  return (
    <>
      <h2>The paper's two protocols</h2>
      <p class="soft">
        Jankov &amp; Prochaska 2018. The differential matrix is the confusion
        matrix minus the identity, in percent of each label: it is empty for a
        perfect classifier. The diagonal shows what a label lost, the rest of
        the row what it was called instead.
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

function Groups({ score }: { readonly score: Score }) {
  const { byInstrument, byType, byNight, darkBias } = score;
  return (
    <>
      <h2>Instruments and types</h2>
      <div class="charts">
        <Figure svg={drawGroups(byInstrument, "instrument")}>
          Percentage correct with Wilson 95 % intervals; number of frames in
          brackets. Hollow: {NAMES.merged}.
        </Figure>
        <Figure svg={drawGroups(byType, "type")}>The same by type.</Figure>
      </div>
      <InstrumentMeansTable {...score} />
      <GroupTable caption="By instrument" groups={byInstrument} />
      <GroupTable caption="By type" groups={byType} />
      <details>
        <summary>By night ({byNight.length})</summary>
        <GroupTable caption="By night" groups={byNight} />
      </details>
      <h2>Dark and bias</h2>
      <p>
        Correct:{" "}
        {formatProportion(darkBias.correct)}. Correct among those called either:
        {" "}
        {formatProportion(darkBias.correctAmongEither)}. Dark called bias:{" "}
        {formatProportion(darkBias.darkAsBias)}. Bias called dark:{" "}
        {formatProportion(darkBias.biasAsDark)}.
      </p>
    </>
  );
}

function Reliability({ score }: { readonly score: Score }) {
  const { risk, calibration: { equalWidth, equalMass } } = score;
  return (
    <>
      <h2>Probability</h2>
      <div class="charts">
        <Figure svg={drawRiskCurve(risk)}>
          Risk against coverage: frames sorted by probability, the highest
          first. The curve ends where frames are unknown. Mean risk:{" "}
          {formatPercent(risk.area, 2)}, {formatPercent(risk.areaMerged, 2)}
          {" "}
          with {NAMES.merged}.
        </Figure>
        <Figure svg={drawReliability(score.calibration)}>
          Reliability: filled, bins of equal numbers of frames with 95 %
          intervals; hollow, ten bins of equal width; dashed, perfect
          calibration. Expected calibration error{" "}
          {formatPercent(equalWidth.error, 2)} in bins of equal width,{" "}
          {formatPercent(equalMass.error, 2)} in bins of equal mass.
        </Figure>
      </div>
      <details>
        <summary>Reliability tables</summary>
        <CalibrationTable
          caption="Bins of equal width"
          calibration={equalWidth}
        />
        <CalibrationTable
          caption="Bins of equal numbers of frames"
          calibration={equalMass}
        />
      </details>
    </>
  );
}

function Failures({ failures }: {
  readonly failures: readonly IllustratedFailure[];
}) {
  return (
    <>
      <h2>Failures ({failures.length})</h2>
      <p class="soft">
        Each with its input image at half size. The worst first: wrong types by
        falling probability, standard called science and the reverse, types of
        frames labelled other, unknown, unreadable.
      </p>
      <ul class="failures">
        {failures.map((failure) => (
          <Failure key={failure.prediction.frame.path} {...failure} />
        ))}
      </ul>
    </>
  );
}

function Failure({ prediction, thumbnails }: IllustratedFailure) {
  const { frame, verdict } = prediction;
  const { type, probability, pixels, header, error } = verdict;
  const isClassified = type !== null && type !== "unknown";
  const origin = [frame.instrument, frame.night].filter(Boolean).join(", ");
  const rows: [name: string, text: string | null | undefined | false][] = [
    ["probability", probability !== null && formatProbability(probability)],
    ["reason", formatReason(verdict)],
    ["votes", formatVotes(pixels?.votes ?? {})],
    ["header", header && formatClaim(header)],
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
