/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { ComponentChildren } from "preact";
import { findNightLabel } from "../../calibration/night.ts";
import { FRAME_TYPES } from "../../frame_type.ts";
import { MJD_OF_UNIX_EPOCH } from "../../header/card_values.ts";
import { formatCount } from "../text.ts";
import {
  type AttentionByFile,
  formatTime,
  groupOf,
  type ReportFrame,
} from "./frame.tsx";
import {
  findLocalTime,
  listPhases,
  type Phase,
  type PhaseSpan,
} from "./site.ts";

/** Nights beyond this number are counted, not drawn. */
const MAX_NIGHTS = 40;

/** Shortest time that the axis covers, hours. */
const SHORTEST = 1;

/** Steps of the axis, hours, and how many there are at most. */
const STEPS = [0.25, 0.5, 1, 2, 3, 6, 12, 24];
const MAX_TICKS = 13;

/** Lanes in the order of the page. */
const LANES = [...FRAME_TYPES, "unknown", "other"];

/** Frames of a night, with the time from which its hours count. */
interface NightFrames {
  readonly label: string;
  readonly frames: readonly ReportFrame[];
  /** 0 h UT of the day on which the night began, modified Julian date. */
  readonly midnight: number;
  readonly phases: readonly PhaseSpan[];
}

/** The axis that all nights share, in hours after `midnight`. */
interface Axis {
  readonly start: number;
  readonly end: number;
  readonly ticks: readonly number[];
}

/**
 * When the frames were taken, with the exposures as length: a lane for each type, or for each
 * night if there are several. Empty without times in the headers.
 */
export function Timeline({ frames, attention }: {
  readonly frames: readonly ReportFrame[];
  readonly attention: AttentionByFile;
}) {
  const timed = frames.filter(({ verdict }) =>
    typeof verdict.log?.mjd === "number"
  );
  if (timed.length === 0) return null;
  const all = [
    ...Map.groupBy(timed, ({ verdict }) => findNightLabel(verdict.log!)!),
  ]
    .sort(([one], [other]) => one < other ? -1 : 1);
  const shown = all.slice(0, MAX_NIGHTS);
  const axis = makeAxis(shown);
  const nights = shown.map(([label, frames]) =>
    describeNight(label, frames, axis)
  );
  const needsReview = ({ verdict }: ReportFrame) => attention.has(verdict.file);
  const [first] = nights;
  return (
    <section class="timeline" aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <figure class="hours">
        <AxisRow axis={axis} name="UT" />
        {nights.length > 1
          ? nights.map((night) => (
            <Lane
              key={night.label}
              axis={axis}
              night={night}
              frames={night.frames}
              needsReview={needsReview}
              label={`${night.label}: ${
                formatCount(night.frames.length, "frame")
              }`}
            >
              <button
                type="button"
                class="link"
                data-field="night"
                data-value={night.label}
                aria-pressed="false"
              >
                {night.label}
              </button>
            </Lane>
          ))
          : LANES.map((type) => {
            const own = first!.frames.filter((frame) => laneOf(frame) === type);
            return own.length > 0 && (
              <Lane
                key={type}
                axis={axis}
                night={first!}
                frames={own}
                needsReview={needsReview}
                label={`${type}: ${formatCount(own.length, "frame")}`}
              >
                <span class={`name t-${type}`}>{type}</span>
              </Lane>
            );
          })}
        <LocalAxis axis={axis} nights={nights} />
        <figcaption class="soft">
          {describeTimeline(nights, needsReview)}
        </figcaption>
      </figure>
      {all.length > MAX_NIGHTS && (
        <p class="soft">{all.length - MAX_NIGHTS} more nights.</p>
      )}
    </section>
  );
}

function laneOf({ verdict }: ReportFrame): string {
  const group = groupOf(verdict);
  return LANES.includes(group) ? group : "unknown";
}

function describeNight(
  label: string,
  frames: readonly ReportFrame[],
  { start, end }: Axis,
): NightFrames {
  const midnight = toMidnight(label);
  const site = frames.find(({ site }) => site !== null)?.site ?? null;
  const phases = site === null
    ? []
    : listPhases(midnight + start / 24, midnight + end / 24, site);
  return { label, frames, midnight, phases };
}

/** Returns 0 h UT of a day as modified Julian date. */
function toMidnight(day: string): number {
  return Date.parse(day) / 86_400_000 + MJD_OF_UNIX_EPOCH;
}

/** Hours from the beginning of the day to the start and the end of an exposure. */
function getHours({ verdict }: ReportFrame, midnight: number) {
  const { mjd, exposure } = verdict.log!;
  const start = 24 * (mjd! - midnight);
  // A wrong exposure time must not stretch the axis.
  const length = Math.min(Math.max(0, exposure ?? 0) / 3600, 12);
  return { start, end: start + length };
}

function makeAxis(
  nights: readonly (readonly [string, readonly ReportFrame[]])[],
): Axis {
  let [first, last] = [Infinity, -Infinity];
  for (const [label, frames] of nights) {
    const midnight = toMidnight(label);
    for (const frame of frames) {
      const { start, end } = getHours(frame, midnight);
      first = Math.min(first, start);
      last = Math.max(last, end);
    }
  }
  const pad = Math.max(0.02 * (last - first), (SHORTEST - last + first) / 2);
  const [start, end] = [first - pad, last + pad];
  const step = STEPS.find((step) => (end - start) / step <= MAX_TICKS) ??
    STEPS.at(-1)!;
  const count = Math.floor(end / step) - Math.ceil(start / step) + 1;
  const ticks = Array.from(
    { length: count },
    (_, k) => (Math.ceil(start / step) + k) * step,
  );
  return { start, end, ticks };
}

/** Where an hour is on the axis, as a percentage. */
function place({ start, end }: Axis, hour: number): string {
  return `${(100 * (hour - start) / (end - start)).toFixed(2)}%`;
}

/** Formats hours of a day as `03:30`. */
function formatHour(hour: number): string {
  const minutes = Math.round(60 * (((hour % 24) + 24) % 24)) % 1440;
  return [Math.floor(minutes / 60), minutes % 60]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

function AxisRow({ axis, name, offset = 0 }: {
  readonly axis: Axis;
  readonly name: string;
  /** Hours after UT. */
  readonly offset?: number;
}) {
  return (
    <div class="axis" aria-hidden="true">
      <span>{name}</span>
      <div>
        {axis.ticks.map((hour, k) => (
          <span
            key={hour}
            class={k % 2 === 1 ? "odd" : undefined}
            style={`left:${place(axis, hour)}`}
          >
            {formatHour(hour + offset)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The axis in local time, of the first night; empty where it is unknown, or not the same. */
function LocalAxis({ axis, nights }: {
  readonly axis: Axis;
  readonly nights: readonly NightFrames[];
}) {
  const sites = nights.flatMap(({ frames }) =>
    frames.flatMap(({ site }) => site ?? [])
  );
  const [site] = sites;
  if (!site || sites.some(({ zone }) => zone !== site.zone)) return null;
  const middle = nights[0]!.midnight + (axis.start + axis.end) / 48;
  const { name, offset } = findLocalTime(site, middle);
  return <AxisRow axis={axis} name={name} offset={offset} />;
}

function Lane({ axis, night, frames, needsReview, label, children }: {
  readonly axis: Axis;
  readonly night: NightFrames;
  readonly frames: readonly ReportFrame[];
  readonly needsReview: (frame: ReportFrame) => boolean;
  /** What the lane shows, for those who do not see it. */
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  const x = (mjd: number) => place(axis, 24 * (mjd - night.midnight));
  const width = (hours: number) =>
    `${(100 * hours / (axis.end - axis.start)).toFixed(2)}%`;
  return (
    <div class="lane">
      {children}
      <svg role="img" aria-label={label}>
        {night.phases.map(({ phase, start, end }) => (
          <rect
            key={start}
            class={phase}
            x={x(start)}
            width={width(24 * (end - start))}
            height="100%"
          />
        ))}
        {axis.ticks.map((hour) => (
          <line
            key={hour}
            x1={place(axis, hour)}
            x2={place(axis, hour)}
            y2="100%"
          />
        ))}
        {frames.toSorted((one, other) =>
          // Those that need review are drawn last, above the others.
          Number(needsReview(one)) - Number(needsReview(other))
        ).map((frame) => {
          const { start, end } = getHours(frame, night.midnight);
          const length = width(end - start);
          return (
            <rect
              key={frame.id}
              class={`mark t-${groupOf(frame.verdict)}${
                needsReview(frame) ? " review" : ""
              }`}
              data-open={frame.id}
              x={place(axis, start)}
              width={length}
              style={`width:max(4px,${length})`}
            />
          );
        })}
      </svg>
    </div>
  );
}

function describeTimeline(
  nights: readonly NightFrames[],
  needsReview: (frame: ReportFrame) => boolean,
): string {
  const frames = nights.flatMap(({ frames }) => frames);
  const count = frames.filter(needsReview).length;
  const [only, ...more] = nights;
  const sun = more.length > 0 ? "" : describeSun(only!.phases);
  return [
    `${formatCount(frames.length, "frame")}, ` +
    (count === 0 ? "none to review" : `${count} to review (outlined)`),
    "length of a mark: exposure time",
    describeShades(nights),
    sun,
  ].filter((text) => text !== "").join(" · ");
}

const SHADES: readonly (readonly [Phase, string])[] = [
  ["day", "day"],
  ["twilight", "twilight (Sun down to 18° below the horizon)"],
  ["night", "night"],
];

/** `background: twilight (…), night`; empty where the site is unknown. */
function describeShades(nights: readonly NightFrames[]): string {
  const shown = new Set(
    nights.flatMap(({ phases }) => phases.map(({ phase }) => phase)),
  );
  const names = SHADES.filter(([phase]) => shown.has(phase))
    .map(([, name]) => name);
  return names.length === 0 ? "" : `background: ${names.join(", ")}`;
}

/** `Sun sets 00:58 UT`, where it does so on the axis. */
function describeSun(phases: readonly PhaseSpan[]): string {
  return phases.slice(1).flatMap(({ phase, start }, k) => {
    const before = phases[k]!.phase;
    const verb = before === "day"
      ? "Sun sets"
      : phase === "day"
      ? "Sun rises"
      : phase === "night"
      ? "dark from"
      : "dark until";
    return `${verb} ${formatTime(start)}`;
  }).join(", ");
}
