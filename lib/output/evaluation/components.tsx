/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import type { Calibration } from "../../evaluation/calibration.ts";
import type {
  MeanProportion,
  Proportion,
} from "../../evaluation/proportion.ts";
import type { Prediction } from "../../evaluation/predictions.ts";
import type {
  Accuracy,
  AnswerScore,
  GroupAccuracy,
  Score,
  TypeScore,
} from "../../evaluation/score.ts";
import { formatClaim, formatCount, REASON_PHRASES } from "../text.ts";
import {
  ALIKE,
  formatInterval,
  formatPercent,
  formatProportion,
  NAMES,
} from "./text.ts";

/** A headline figure with its n and interval. The groups of a mean are counted as `noun`s. */
export function Tile({ name, value, noun = "group" }: {
  readonly name: string;
  readonly value: Proportion | MeanProportion;
  readonly noun?: string;
}) {
  const [fraction, n] = "mean" in value
    ? [
      value.mean,
      `${formatCount(value.groups, noun)}, ${formatCount(value.n, "frame")}`,
    ]
    : [value.fraction, `${value.count}/${value.n}`];
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd class="value">{formatPercent(fraction)}</dd>
      <dd>{n}</dd>
      <dd>95 %: {formatInterval(value.interval)}</dd>
    </div>
  );
}

export function Figure({ svg, title, children }: {
  readonly svg: string;
  readonly title?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <figure class="card">
      {title !== undefined && <h3>{title}</h3>}
      {/* Made by the plot library, which escapes the names in it. */}
      <div dangerouslySetInnerHTML={{ __html: svg }} />
      <figcaption>{children}</figcaption>
    </figure>
  );
}

/** A table that scrolls sideways on a narrow screen; the first cell of a row is its heading. */
function Table({ caption, headings, rows }: {
  readonly caption?: string;
  readonly headings?: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}) {
  return (
    <div class="scroll" tabindex={0}>
      <table>
        {caption !== undefined && <caption>{caption}</caption>}
        {headings && (
          <thead>
            <tr>
              {headings.map((heading) => <th key={heading}>{heading}</th>)}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map(([heading, ...cells]) => (
            <tr>
              <th>{heading}</th>
              {cells.map((cell, k) => <td key={k}>{cell}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The answer beside the pixel verdict: what each got right and wrong. */
export function ComparisonTable(
  { answer, pixels }: Pick<Score, "answer" | "pixels">,
) {
  const both = [answer, pixels];
  const compare = (key: Exclude<keyof Accuracy, "n">) =>
    both.map(({ all }) => renderProportion(all[key]));
  const compareMeans = (key: keyof TypeScore["instrumentMeans"]) =>
    both.map(({ instrumentMeans }) => renderMean(instrumentMeans[key].correct));
  type Row = [name: string, ...cells: ComponentChildren[]];
  const compareInstruments = (
    name: string,
    figure: keyof TypeScore["otherInstruments"],
  ): Row[] => {
    const pooled = both.flatMap(({ otherInstruments }) =>
      otherInstruments[figure] ?? []
    );
    return pooled.length < both.length
      ? []
      : [[`${name}, other instruments`, ...pooled.map(renderProportion)]];
  };
  const rows: Row[] = [
    [NAMES.correct, ...compare("correct")],
    ...compareInstruments(NAMES.correct, "correct"),
    [NAMES.merged, ...compare("correctMerged")],
    ...compareInstruments(NAMES.merged, "correctMerged"),
    [NAMES.mergedIfUnsure, ...compare("correctMergedIfUnsure")],
    [
      NAMES.highConfidence,
      ...both.map(({ highConfidence }) =>
        renderProportion(highConfidence.correct)
      ),
    ],
    ...compareInstruments(NAMES.highConfidence, "highConfidence"),
    [NAMES.wrong, ...compare("wrong")],
    [NAMES.onSky, ...compare("onSky")],
    [NAMES.wrongAndUsed, renderProportion(answer.all.wrongAndUsed), ""],
    [NAMES.unknown, ...compare("unknown")],
    [NAMES.unused, renderProportion(answer.all.unused), ""],
    [NAMES.errors, ...compare("errors")],
    ["mean over instruments", ...compareMeans("all")],
    [`mean, ${NAMES.highConfidence}`, ...compareMeans("highConfidence")],
    [`mean, ${NAMES.large}`, ...compareMeans("large")],
    [
      `mean, ${NAMES.largeHighConfidence}`,
      ...compareMeans("largeHighConfidence"),
    ],
    [
      NAMES.darkBias,
      ...both.map(({ darkBias }) => renderProportion(darkBias.correct)),
    ],
    [
      NAMES.other,
      ...both.map(({ other }) => renderProportion(other.rejected)),
    ],
  ];
  return (
    <Table
      caption="The answer and the pixel verdict, with 95 % intervals"
      headings={["", NAMES.answer, NAMES.pixels]}
      rows={rows}
    />
  );
}

function renderProportion({ count, n, fraction, interval }: Proportion) {
  return (
    <>
      {formatPercent(fraction)}{" "}
      <span class="soft">
        {count}/{n}, {formatInterval(interval)}
      </span>
    </>
  );
}

function renderMean({ mean, groups, interval }: MeanProportion) {
  return (
    <>
      {formatPercent(mean)}{" "}
      <span class="soft">
        {formatCount(groups, "instrument")}, {formatInterval(interval)}
      </span>
    </>
  );
}

/** Outcomes of groups: of the answer, and how much of each the pixels alone get right. */
export function GroupTable({ caption, answer, pixels }: {
  readonly caption: string;
  readonly answer: readonly GroupAccuracy[];
  readonly pixels: readonly GroupAccuracy[];
}) {
  return (
    <Table
      caption={caption}
      headings={[
        "",
        "n",
        "answer: correct",
        "95 % interval",
        "wrong",
        "and used",
        "unknown",
        "unused",
        "pixels: correct",
        "95 % interval",
        "wrong",
        "unknown",
      ]}
      rows={answer.map((group, k) => [
        group.name,
        group.n,
        formatPercent(group.correct.fraction),
        formatInterval(group.correct.interval),
        group.wrong.count,
        group.wrongAndUsed.count,
        group.unknown.count,
        group.unused.count,
        formatPercent(pixels[k]!.correct.fraction),
        formatInterval(pixels[k]!.correct.interval),
        pixels[k]!.wrong.count,
        pixels[k]!.unknown.count,
      ])}
    />
  );
}

/** What decided the answers, and how often each was right. */
export function EvidenceTable(
  { byEvidence }: Pick<AnswerScore, "byEvidence">,
) {
  return (
    <Table
      caption="By the evidence that decided"
      headings={["", "correct", "95 % interval", "wrong", "and used"]}
      rows={byEvidence.map(({ name, correct, wrong, wrongAndUsed }) => [
        name,
        `${formatPercent(correct.fraction)} of ${correct.n}`,
        formatInterval(correct.interval),
        wrong.count,
        wrongAndUsed.count,
      ])}
    />
  );
}

/** Why frames are unknown; nothing when there is none. */
export function ReasonTable({ reasons }: Pick<AnswerScore, "reasons">) {
  if (reasons.length === 0) return null;
  return (
    <Table
      caption="Why frames are unknown"
      headings={["", "with a type", "labelled other"]}
      rows={reasons.map(({ reason, typed, other }) => [
        reason === "none" ? "no reason" : REASON_PHRASES[reason],
        typed,
        other,
      ])}
    />
  );
}

/** The claims of the headers, and what was made of them. */
export function ClaimTables({ claims }: Pick<Score, "claims">) {
  const { byType, none, flagged } = claims;
  return (
    <>
      <div class="charts">
        <Table
          caption="By claimed type"
          headings={["", "right", "95 % interval", "wrong", "alike"]}
          rows={byType.map(({ claimed, right, wrong, alike }) => [
            claimed,
            `${right.count} of ${right.n}`,
            formatInterval(right.interval),
            wrong,
            alike,
          ])}
        />
        <Table
          caption={`Flagged as conflict (no claim: ${
            formatCount(none, "frame")
          })`}
          headings={["", "flagged", "95 % interval"]}
          rows={([
            ["wrong claims", flagged.wrong],
            ["right claims", flagged.right],
            [ALIKE, flagged.alike],
            ["contradicts itself", flagged.contradictory],
          ] as const).map(([name, { count, n, interval }]) => [
            name,
            `${count} of ${n}`,
            n === 0 ? "–" : formatInterval(interval),
          ])}
        />
      </div>
      <ClaimList title="Wrong claims not flagged" frames={claims.missed} />
      <ClaimList title="Right claims flagged" frames={claims.falseAlarms} />
    </>
  );
}

function ClaimList({ title, frames }: {
  readonly title: string;
  readonly frames: readonly Prediction[];
}) {
  if (frames.length === 0) return null;
  return (
    <Table
      caption={title}
      headings={["", "label", "answer", "use", "header"]}
      rows={frames.map(({ frame, verdict }) => [
        frame.path,
        frame.label,
        verdict.type,
        String(verdict.use),
        formatClaim(verdict.header),
      ])}
    />
  );
}

/** Results for frames labelled `other`; nothing when there is none. */
export function OtherTable(
  { answer: { other }, pixels }: Pick<Score, "answer" | "pixels">,
) {
  if (other.rejected.n === 0) return null;
  const rows = [
    ["unknown", other.unknown],
    ...Object.entries(other.unused)
      .map(([type, n]) => [`${type}, use: false`, n] as const),
    ...Object.entries(other.used)
      .map(([type, n]) => [`${type}, use: true`, n] as const),
    ...(other.errors > 0 ? [["unreadable", other.errors] as const] : []),
  ];
  return (
    <>
      <h2>Frames labelled other</h2>
      <p>
        Rejected, as unknown or not to be used:{" "}
        {formatProportion(other.rejected)}. Unknown to the pixel verdict:{" "}
        {formatProportion(pixels.other.rejected)}.
      </p>
      <Table rows={rows} />
    </>
  );
}

export function CalibrationTable({ caption, calibration }: {
  readonly caption: string;
  readonly calibration: Calibration;
}) {
  return (
    <Table
      caption={caption}
      headings={[
        "probability",
        "n",
        "mean probability",
        "correct",
        "95 % interval",
      ]}
      rows={calibration.bins.map(({ low, high, probability, correct }) => [
        `${low.toFixed(3)} to ${high.toFixed(3)}`,
        correct.n,
        formatPercent(probability),
        formatPercent(correct.fraction),
        correct.n === 0 ? "–" : formatInterval(correct.interval),
      ])}
    />
  );
}
