/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import type { Calibration } from "../../evaluation/calibration.ts";
import type {
  MeanProportion,
  Proportion,
} from "../../evaluation/proportion.ts";
import type {
  GroupAccuracy,
  OtherFrames,
  Score,
} from "../../evaluation/score.ts";
import { formatCount } from "../text.ts";
import {
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
    <div class="scroll">
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

export function GroupTable({ caption, groups }: {
  readonly caption: string;
  readonly groups: readonly GroupAccuracy[];
}) {
  return (
    <Table
      caption={caption}
      headings={[
        "",
        "n",
        "correct",
        "95 % interval",
        NAMES.merged,
        "standard/science",
        "wrong",
        "unknown",
        "unreadable",
      ]}
      rows={groups.map((group) => [
        group.name,
        group.n,
        formatPercent(group.correct.fraction),
        formatInterval(group.correct.interval),
        formatPercent(group.correctMerged.fraction),
        group.onSky.count,
        group.wrong.count,
        group.unknown.count,
        group.errors.count,
      ])}
    />
  );
}

export function InstrumentMeansTable(
  { instrumentMeans: means }: Pick<Score, "instrumentMeans">,
) {
  const rows = [
    ["all", means.all],
    [NAMES.highConfidence, means.highConfidence],
    [NAMES.large, means.large],
    [NAMES.largeHighConfidence, means.largeHighConfidence],
  ] as const;
  return (
    <Table
      caption="Mean over instruments"
      headings={[
        "",
        "instruments",
        "frames",
        "correct",
        NAMES.mergedIfUnsure,
        NAMES.merged,
        "misclassified",
      ]}
      rows={rows.map(([name, accuracy]) => [
        name,
        accuracy.correct.groups,
        accuracy.correct.n,
        renderMean(accuracy.correct),
        renderMean(accuracy.correctMergedIfUnsure),
        renderMean(accuracy.correctMerged),
        renderMean(accuracy.misclassified),
      ])}
    />
  );
}

function renderMean({ mean, interval }: MeanProportion) {
  return (
    <>
      {formatPercent(mean)}
      <br />
      <span class="soft">{formatInterval(interval)}</span>
    </>
  );
}

/** Results for frames labelled `other`; nothing when there is none. */
export function OtherTable({ other }: { readonly other: OtherFrames }) {
  if (other.rejected.n === 0) return null;
  const rows = [
    ...Object.entries(other.reasons)
      .map(([reason, n]) => [`unknown: ${reason}`, n] as const),
    ...Object.entries(other.classifiedAs)
      .map(([type, n]) => [`classified as ${type}`, n] as const),
    ...(other.errors > 0 ? [["unreadable", other.errors] as const] : []),
  ];
  return (
    <>
      <h2>Frames labelled other</h2>
      <p>Rejected as unknown: {formatProportion(other.rejected)}.</p>
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
