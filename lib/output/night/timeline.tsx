/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * When which frames were taken: a line for each night.
 *
 * @module
 */
import type { SheetFrame } from "./sheet_frame.ts";
import { shownType } from "./card.tsx";
import { doubtOf } from "../../calibration/triage.ts";

const WIDTH = 1000;
const LANE = 9;
const LANES = [
  "bias",
  "dark",
  "arc",
  "flat",
  "standard",
  "science",
  "unknown",
];

/** More nights than this make no input image. */
const MOST_NIGHTS = 40;

/** The timeline; nothing for frames whose headers tell no time. */
export function Timeline(
  { frames }: { readonly frames: readonly SheetFrame[] },
) {
  const timed = frames.filter(({ verdict: { log } }) => log?.mjd);
  const nights = [
    ...Map.groupBy(
      timed,
      ({ verdict: { log } }) => log!.night ?? "night unknown",
    ),
  ]
    .sort(([one], [other]) => (one < other ? -1 : 1));
  if (nights.length === 0) return null;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {nights.slice(0, MOST_NIGHTS).map(([night, members]) => (
        <Night key={night} night={night} frames={members} />
      ))}
      {nights.length > MOST_NIGHTS && (
        <p class="soft">{nights.length - MOST_NIGHTS} nights more.</p>
      )}
    </section>
  );
}

function Night({ night, frames }: {
  readonly night: string;
  readonly frames: readonly SheetFrame[];
}) {
  const times = frames.map(({ verdict }) => verdict.log!.mjd!);
  const start = Math.min(...times);
  const span = Math.max(...times) - start || 1 / 24;
  const x = (mjd: number) => 4 + (WIDTH - 12) * (mjd - start) / span;
  const doubtful = frames.filter(({ verdict }) => doubtOf(verdict) !== null);
  const height = LANE * LANES.length;
  return (
    <figure class="night">
      <figcaption>
        {night}{" "}
        <span class="soft">
          {`${frames.length} frames over ${(24 * span).toFixed(1)} h, ` +
            `${doubtful.length} to look at`}
        </span>
      </figcaption>
      <svg
        viewBox={`-70 0 ${WIDTH + 70} ${height}`}
        role="img"
        aria-label={`${night}: ${frames.length} frames, a lane for each type`}
      >
        {LANES.map((type, lane) => (
          <g key={type}>
            <text x="-6" y={LANE * lane + 7} text-anchor="end">{type}</text>
            <line
              x1="0"
              x2={WIDTH}
              y1={LANE * lane + 4.5}
              y2={LANE * lane + 4.5}
            />
          </g>
        ))}
        {frames.map((frame) => {
          const lane = LANES.indexOf(shownType(frame));
          const { verdict, id } = frame;
          return (
            <rect
              key={id}
              class={doubtOf(verdict) === null ? "sure" : "doubtful"}
              x={x(verdict.log!.mjd!).toFixed(1)}
              y={LANE * (lane < 0 ? LANES.length - 1 : lane) + 1}
              width="4"
              height={LANE - 2}
            />
          );
        })}
      </svg>
    </figure>
  );
}
