/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { FRAME_TYPES } from "../../frame_type.ts";
import type { FrameStatistics } from "../../preprocess/statistics.ts";
import { medianOf } from "../../preprocess/percentile.ts";
import { formatNumber } from "../text.ts";
import { type AttentionByFile, groupOf, type ReportFrame } from "./frame.tsx";

/** Types whose frames should look alike. */
const TYPES = FRAME_TYPES.filter((type) =>
  type !== "science" && type !== "standard"
);

/** What the strips show. */
const MEASURES: readonly {
  readonly name: string;
  readonly unit: string;
  readonly measure: (statistics: FrameStatistics) => number;
}[] = [
  { name: "level", unit: "counts", measure: ({ level }) => level },
  { name: "noise", unit: "counts", measure: ({ noise }) => noise },
  {
    name: "saturated",
    unit: "%",
    measure: ({ saturated }) => 100 * saturated,
  },
];

/** Ratio of the values beyond which an axis is logarithmic. */
const LOGARITHMIC = 8;

/** Number of frames of a row beyond which their marks are small. */
const CROWDED = 100;

const HEIGHT = 44;
const MARGIN = 6;

/** A calibration with its statistics. */
interface Measured {
  readonly frame: ReportFrame;
  readonly statistics: FrameStatistics;
  /** 0 to 1: its place in the order of time. */
  readonly x: number;
  /** Identifies the frames that should look the same. */
  readonly set: string;
}

/**
 * Level, noise and saturation of the calibrations in the order of time: a row for each type,
 * with a line through the frames of the same exposure time and configuration. Empty without
 * calibrations.
 */
export function Quality({ frames, attention }: {
  readonly frames: readonly ReportFrame[];
  readonly attention: AttentionByFile;
}) {
  const rows = TYPES.map((type) => ({ type, own: measure(frames, type) }))
    .filter(({ own }) => own.length > 1);
  if (rows.length === 0) return null;
  // Columns in which every value is 0 show nothing.
  const measures = MEASURES.filter(({ measure }) =>
    rows.some(({ own }) =>
      own.some(({ statistics }) => measure(statistics) !== 0)
    )
  );
  const isSaturated = measures.some(({ name }) => name === "saturated");
  return (
    <section class="quality" aria-labelledby="quality">
      <h2 id="quality">
        Calibrations <span class="soft">in the order of time</span>
      </h2>
      <div class="strips" style={`--columns:${measures.length}`}>
        <span></span>
        {measures.map(({ name, unit }) => (
          <span key={name} class="soft heading">{name}, {unit}</span>
        ))}
        {rows.map(({ type, own }) => (
          <>
            <span class={`name t-${type}`}>
              {type} <span class="soft count">{own.length}</span>
            </span>
            {measures.map((one) => (
              <Strip
                key={one.name}
                type={type}
                frames={own}
                attention={attention}
                {...one}
              />
            ))}
          </>
        ))}
      </div>
      <p class="soft">
        A line joins the frames of one exposure time and configuration.
        Outlined: to review.{isSaturated ? "" : " Saturated pixels: 0 %."}
      </p>
    </section>
  );
}

function measure(frames: readonly ReportFrame[], type: string): Measured[] {
  const own = frames.flatMap((frame) => {
    const statistics = frame.verdict.pixels?.statistics;
    return groupOf(frame.verdict) === type && statistics !== undefined
      ? [{ frame, statistics }]
      : [];
  }).toSorted(({ frame: one }, { frame: other }) =>
    (one.verdict.log?.mjd ?? Infinity) - (other.verdict.log?.mjd ?? Infinity) ||
    one.id - other.id
  );
  return own.map(({ frame, statistics }, k) => {
    const { log } = frame.verdict;
    return {
      frame,
      statistics,
      x: (k + 0.5) / own.length,
      set: JSON.stringify([
        log?.instrument,
        type === "bias" ? null : log?.exposure,
        log?.configuration,
      ]),
    };
  });
}

function Strip({ type, frames, attention, name, unit, measure }: {
  readonly type: string;
  readonly frames: readonly Measured[];
  readonly attention: AttentionByFile;
  readonly name: string;
  readonly unit: string;
  readonly measure: (statistics: FrameStatistics) => number;
}) {
  const values = frames.map(({ statistics }) => measure(statistics));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLogarithmic = low > 0 && high / low > LOGARITHMIC;
  const scale = (value: number) => isLogarithmic ? Math.log(value) : value;
  // A range below a few percent of the values is scatter: it stays small.
  const least = isLogarithmic ? 0 : Math.max(0.04 * Math.abs(high), 1e-9);
  const span = Math.max(scale(high) - scale(low), least);
  const bottom = (scale(low) + scale(high) - span) / 2;
  const y = (value: number) =>
    (HEIGHT - MARGIN -
      (HEIGHT - 2 * MARGIN) * (scale(value) - bottom) / span).toFixed(1);
  const x = (place: number) => `${(100 * place).toFixed(2)}%`;
  const sets = [...Map.groupBy(frames.keys(), (k) => frames[k]!.set).values()];
  const text = `${type}, ${name}: ${formatNumber(low)} to ${
    formatNumber(high)
  } ${unit}, median ${formatNumber(medianOf(values))}`;
  return (
    <div class="strip">
      <svg role="img" aria-label={text} height={HEIGHT} class={`t-${type}`}>
        {sets.flatMap((set) =>
          set.slice(1).map((k, index) => {
            const from = set[index]!;
            return (
              <line
                key={k}
                x1={x(frames[from]!.x)}
                x2={x(frames[k]!.x)}
                y1={y(values[from]!)}
                y2={y(values[k]!)}
              />
            );
          })
        )}
        {frames.map(({ frame, x: place }, k) => (
          <circle
            key={frame.id}
            class={attention.has(frame.verdict.file) ? "review" : undefined}
            data-open={frame.id}
            cx={x(place)}
            cy={y(values[k]!)}
            r={frames.length > CROWDED ? 1.5 : 3}
          />
        ))}
      </svg>
      <span class="soft number range" aria-hidden="true">
        <span>{formatNumber(high)}</span>
        <span>{low === high ? "" : formatNumber(low)}</span>
      </span>
    </div>
  );
}
