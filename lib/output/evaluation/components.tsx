/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * Figures and tables of the evaluation page, each number with its n and interval.
 *
 * @module
 */
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

/** What a tile shows: a proportion, or a mean of the proportions of `noun`s. */
export type TileProps =
  & { readonly name: string }
  & ({ readonly proportion: Proportion } | {
    readonly mean: MeanProportion;
    readonly noun: string;
  });

/** A headline figure with its n and interval. */
export function Tile(props: TileProps) {
  const [value, n, interval] = "proportion" in props
    ? [
      props.proportion.fraction,
      `${props.proportion.count}/${props.proportion.n}`,
      props.proportion.interval,
    ]
    : [
      props.mean.mean,
      `${formatCount(props.mean.groups, props.noun)}, ${
        formatCount(props.mean.n, "frame")
      }`,
      props.mean.interval,
    ];
  return (
    <div class="tile">
      <dt>{props.name}</dt>
      <dd class="value">{formatPercent(value)}</dd>
      <dd>{n}</dd>
      <dd>95 %: {formatInterval(interval)}</dd>
    </div>
  );
}

/** A chart with its caption. */
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

/** A table that scrolls sideways on a narrow screen. */
function Table({ caption, headings, children }: {
  readonly caption?: string;
  readonly headings?: readonly string[];
  readonly children: ComponentChildren;
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
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** Accuracies of groups of frames. */
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
    >
      {groups.map((group) => (
        <tr>
          <th>{group.name}</th>
          <td>{group.n}</td>
          <td>{formatPercent(group.correct.fraction)}</td>
          <td>{formatInterval(group.correct.interval)}</td>
          <td>{formatPercent(group.correctMerged.fraction)}</td>
          <td>{group.onSky.count}</td>
          <td>{group.wrong.count}</td>
          <td>{group.unknown.count}</td>
          <td>{group.errors.count}</td>
        </tr>
      ))}
    </Table>
  );
}

/** Means over instruments. */
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
    >
      {rows.map(([name, accuracy]) => (
        <tr>
          <th>{name}</th>
          <td>{accuracy.correct.groups}</td>
          <td>{accuracy.correct.n}</td>
          <MeanCell mean={accuracy.correct} />
          <MeanCell mean={accuracy.correctMergedIfUnsure} />
          <MeanCell mean={accuracy.correctMerged} />
          <MeanCell mean={accuracy.misclassified} />
        </tr>
      ))}
    </Table>
  );
}

function MeanCell({ mean }: { readonly mean: MeanProportion }) {
  return (
    <td>
      {formatPercent(mean.mean)}
      <br />
      <span class="soft">{formatInterval(mean.interval)}</span>
    </td>
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
      <Table>
        {rows.map(([name, n]) => (
          <tr>
            <th>{name}</th>
            <td>{n}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** A reliability table. */
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
    >
      {calibration.bins.map(({ low, high, probability, correct }) => (
        <tr>
          <th>{`${low.toFixed(3)} to ${high.toFixed(3)}`}</th>
          <td>{correct.n}</td>
          <td>{formatPercent(probability)}</td>
          <td>{formatPercent(correct.fraction)}</td>
          <td>{correct.n === 0 ? "–" : formatInterval(correct.interval)}</td>
        </tr>
      ))}
    </Table>
  );
}
