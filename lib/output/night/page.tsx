/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { createHash } from "node:crypto";
import { renderToString } from "preact-render-to-string";
import { FRAME_TYPES } from "../../frame_type.ts";
import {
  compareByReviewReason,
  findReviewReason,
  REVIEW_REASONS,
} from "../../calibration/triage.ts";
import { findOutliers } from "../../calibration/siblings.ts";
import { formatDrift, formatOutlier } from "../audit.ts";
import script from "./client/report.js" with { type: "text" };
import { Card, groupOf, type ReportFrame } from "./frame.tsx";
import { REASONS } from "../../classify/evidence.ts";
import { formatCount, REASON_PHRASES } from "../text.ts";
import { STYLE } from "./style.ts";

export interface ReportPage {
  readonly title: string;
  /** A line below the heading: which model classified the frames, and when. */
  readonly subtitle: string;
  readonly frames: readonly ReportFrame[];
}

/** Groups in the order of the page: first those that need review. */
const GROUPS: readonly string[] = ["error", "unknown", ...FRAME_TYPES, "other"];

/** The page loads nothing from outside, and runs no script but its own. */
const POLICY =
  `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${
    createHash("sha256").update(script).digest("base64")
  }'; base-uri 'none'; form-action 'none'`;

/**
 * Returns the HTML before and after the details of the frames; the blocks that
 * {@linkcode detailsBlock} returns go between them. Texts from headers and paths
 * are escaped.
 */
export function renderReportPage(
  page: ReportPage,
): [before: string, after: string] {
  return [
    "<!doctype html>\n" +
    renderToString(<Page {...page} />).replace(/<\/body><\/html>$/, "\n"),
    `<script>${script}</script>\n</body></html>\n`,
  ];
}

/**
 * Returns the details of a frame as a data block. As text inside JSON they cost
 * the browser next to nothing until the frame is opened.
 */
export function detailsBlock(id: number, html: string): string {
  const json = JSON.stringify(html).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="d${id}">${json}</script>\n`;
}

function Page({ title, subtitle, frames }: ReportPage) {
  const byGroup = Map.groupBy(frames, ({ verdict }) => groupOf(verdict));
  const groups = GROUPS.flatMap((type) => {
    const members = byGroup.get(type);
    return members === undefined ? [] : [{ type, members }];
  });
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <header>
          <h1>{title}</h1>
          <p class="soft">{subtitle}</p>
          <div class="counts" role="group" aria-label="Types">
            {groups.map(({ type, members }) => (
              <button
                type="button"
                key={type}
                data-field="type"
                data-value={type}
                aria-pressed="false"
              >
                <b>{members.length}</b> {type}
              </button>
            ))}
          </div>
          <ReviewCounts frames={frames} />
          <Siblings frames={frames} />
        </header>
        <main>
          <Timeline frames={frames} />
          <Filters frames={frames} />
          {groups.map(({ type, members }) => (
            <section class="type" key={type} aria-labelledby={`type-${type}`}>
              <h2 id={`type-${type}`}>
                {type} <span class="soft count">{members.length}</span>
              </h2>
              <ol class="sheet">
                {members.toSorted((one, other) =>
                  compareByReviewReason(one.verdict, other.verdict)
                ).map((frame) => <Card key={frame.id} frame={frame} />)}
              </ol>
            </section>
          ))}
        </main>
        <dialog id="frame" aria-labelledby="title">
          <nav aria-label="Frames">
            <button type="button" id="previous">← previous</button>
            <button type="button" id="next">next →</button>
            <button type="button" id="close">Close</button>
          </nav>
          <div id="details" tabindex={0} role="region" aria-label="Frame"></div>
        </dialog>
      </body>
    </html>
  );
}

function needsReview({ verdict }: ReportFrame): boolean {
  return findReviewReason(verdict) !== null;
}

/** Buttons that show the frames that need review, by reason. */
function ReviewCounts({ frames }: { readonly frames: readonly ReportFrame[] }) {
  const byReason = Map.groupBy(
    frames,
    ({ verdict }) => findReviewReason(verdict),
  );
  const reasons = REVIEW_REASONS.flatMap((reason) => {
    const members = byReason.get(reason);
    return members === undefined ? [] : [{ reason, members }];
  });
  if (reasons.length === 0) return <p>No frame needs review.</p>;
  return (
    <div class="counts" role="group" aria-label="Needs review">
      <span>Needs review:</span>
      {reasons.map(({ reason, members }) => (
        <button
          type="button"
          key={reason}
          class="reason"
          data-field="review"
          data-value={reason}
          aria-pressed="false"
        >
          <b>{members.length}</b> {reason}
          {reason === "unknown" && describeReasons(members)}
        </button>
      ))}
    </div>
  );
}

/** Lists frames unlike the others of their set, and sets that drift. */
function Siblings({ frames }: { readonly frames: readonly ReportFrame[] }) {
  const { outliers, drifts } = findOutliers(
    frames.map(({ verdict }) => verdict),
  );
  const texts = [...outliers.map(formatOutlier), ...drifts.map(formatDrift)];
  return texts.length === 0
    ? null
    : (
      <ul class="siblings" aria-label="Outliers and drifts">
        {texts.map((text) => (
          <li key={text}>{text.trim().replace("\n ", ":")}</li>
        ))}
      </ul>
    );
}

/** Counts why frames are unknown: `: 2 undecided, 1 low probability`. */
function describeReasons(frames: readonly ReportFrame[]): string {
  const byReason = Map.groupBy(frames, ({ verdict }) => verdict.reason);
  const parts = REASONS.flatMap((reason) => {
    const count = byReason.get(reason)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${REASON_PHRASES[reason]}`];
  });
  return `: ${parts.join(", ")}`;
}

function Filters({ frames }: { readonly frames: readonly ReportFrame[] }) {
  const values = (value: (frame: ReportFrame) => string | null | undefined) =>
    [...new Set(frames.map(value))].filter((one) => one).sort() as string[];
  const choices: [name: string, label: string, options: readonly string[]][] = [
    ["review", "Needs review", ["any reason", ...REVIEW_REASONS]],
    ["type", "Type", values(({ verdict }) => groupOf(verdict))],
    ["night", "Night", values(({ verdict }) => verdict.log?.night)],
    [
      "instrument",
      "Instrument",
      values(({ verdict }) => verdict.log?.instrument),
    ],
  ];
  return (
    <form id="filters" role="search" aria-label="Frames">
      {choices.map(([name, label, options]) => (
        <label key={name}>
          {label}
          <select name={name}>
            <option value="">all</option>
            {options.map((option) => <option key={option}>{option}</option>)}
          </select>
        </label>
      ))}
      <label>
        Sort by
        <select name="sort">
          {["review", "name", "time", "probability"].map((order) => (
            <option key={order} value={order}>
              {order === "review" ? "needs review" : order}
            </option>
          ))}
        </select>
      </label>
      <label>
        Search ( / )
        <input type="search" name="search" placeholder="name, target, card" />
      </label>
      <button type="button" id="clear">Clear</button>
      <p id="count" role="status"></p>
    </form>
  );
}

const TIMELINE_WIDTH = 1000;
const LANE_HEIGHT = 9;
const LANES = [...FRAME_TYPES, "unknown"];

/** Nights beyond this number are counted, not drawn. */
const MAX_NIGHTS = 40;

/** When the frames were taken: a plot for each night, empty without times in the headers. */
function Timeline({ frames }: { readonly frames: readonly ReportFrame[] }) {
  const timed = frames.filter(({ verdict }) => verdict.log?.mjd);
  if (timed.length === 0) return null;
  const byNight = Map.groupBy(
    timed,
    ({ verdict }) => verdict.log!.night ?? "unknown night",
  );
  const nights = [...byNight].sort(([one], [other]) => one < other ? -1 : 1);
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {nights.slice(0, MAX_NIGHTS).map(([night, members]) => (
        <Night key={night} night={night} frames={members} />
      ))}
      {nights.length > MAX_NIGHTS && (
        <p class="soft">{nights.length - MAX_NIGHTS} more nights.</p>
      )}
    </section>
  );
}

function Night({ night, frames }: {
  readonly night: string;
  readonly frames: readonly ReportFrame[];
}) {
  const times = frames.map(({ verdict }) => verdict.log!.mjd!);
  const start = Math.min(...times);
  const span = Math.max(...times) - start || 1 / 24;
  const x = (mjd: number) => 4 + (TIMELINE_WIDTH - 12) * (mjd - start) / span;
  const duration = frames.length > 1 ? ` over ${(24 * span).toFixed(1)} h` : "";
  const count = frames.filter(needsReview).length;
  const laneOf = (frame: ReportFrame) => {
    const lane = LANES.indexOf(groupOf(frame.verdict));
    return lane < 0 ? LANES.length - 1 : lane;
  };
  return (
    <figure class="night">
      <figcaption>
        {night}{" "}
        <span class="soft">
          {`${
            formatCount(frames.length, "frame")
          }${duration}, ${count} to review`}
        </span>
      </figcaption>
      <svg
        viewBox={`-70 0 ${TIMELINE_WIDTH + 70} ${LANE_HEIGHT * LANES.length}`}
        role="img"
        aria-label={`${night}: frames over time, a lane for each type`}
      >
        {LANES.map((type, lane) => (
          <g key={type} transform={`translate(0 ${LANE_HEIGHT * lane})`}>
            <text x="-6" y="7" text-anchor="end">{type}</text>
            <line x2={TIMELINE_WIDTH} y1="4.5" y2="4.5" />
          </g>
        ))}
        {frames.map((frame) => (
          <rect
            key={frame.id}
            class={needsReview(frame) ? "review" : "certain"}
            x={x(frame.verdict.log!.mjd!).toFixed(1)}
            y={LANE_HEIGHT * laneOf(frame) + 1}
            width="4"
            height={LANE_HEIGHT - 2}
          />
        ))}
      </svg>
    </figure>
  );
}
