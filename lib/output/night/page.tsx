/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { createHash } from "node:crypto";
import type { ComponentChild } from "preact";
import { renderToString } from "preact-render-to-string";
import { FRAME_TYPES } from "../../frame_type.ts";
import { compareByReviewReason } from "../../calibration/triage.ts";
import {
  type Audit,
  auditVerdicts,
  type Finding,
  FINDING_GROUPS,
} from "../../calibration/findings.ts";
import type { ConfigurationRow } from "../../calibration/configuration_table.ts";
import { basename } from "../../std.ts";
import { formatFinding, GROUP_HEADINGS } from "../audit.ts";
import { CONFIGURATION_HEADINGS, listCells } from "../configurations.ts";
import { formatAnswer } from "../explanation.ts";
import { formatNote } from "../note.ts";
import script from "./client/report.js" with { type: "text" };
import {
  type Attention,
  ATTENTION_REASONS,
  Card,
  groupOf,
  type ReportFrame,
} from "./frame.tsx";
import { REASONS } from "../../classify/evidence.ts";
import { formatCount, printable, REASON_PHRASES } from "../text.ts";
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
  const audit = auditVerdicts(frames.map(({ verdict }) => verdict));
  const attention = listAttention(audit);
  const rank = ({ verdict }: ReportFrame) => {
    const reason = attention.get(verdict.file)?.reason;
    return reason === undefined
      ? ATTENTION_REASONS.length
      : ATTENTION_REASONS.indexOf(reason);
  };
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
          <Findings audit={audit} frames={frames} />
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
          <ReviewCounts frames={frames} attention={attention} />
        </header>
        <main>
          <Timeline frames={frames} attention={attention} />
          <Filters frames={frames} />
          {groups.map(({ type, members }) => (
            <section class="type" key={type} aria-labelledby={`type-${type}`}>
              <h2 id={`type-${type}`}>
                {type} <span class="soft count">{members.length}</span>
              </h2>
              <ol class="sheet">
                {members.toSorted((one, other) =>
                  rank(one) - rank(other) ||
                  compareByReviewReason(one.verdict, other.verdict)
                ).map((frame) => (
                  <Card
                    key={frame.id}
                    frame={frame}
                    attention={attention.get(frame.verdict.file)}
                  />
                ))}
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

/** The frames that a person must look at, or decide about, by path. */
type AttentionByFile = ReadonlyMap<string, Attention>;

function listAttention({ findings }: Audit): AttentionByFile {
  const found = findings.flatMap((finding): [string, Attention][] => {
    // The frames that lack a calibration are sound themselves.
    const reason = ATTENTION_REASONS.find((one) => one === finding.kind);
    if (reason === undefined) return [];
    const text = "outlier" in finding
      ? `outlier: ${finding.outlier.differs.join("; ")}`
      : "";
    return finding.files.map((file) => [file, { reason, text }]);
  });
  // The first finding on a frame is the most urgent one.
  return new Map(found.toReversed());
}

/** Findings of a kind beyond this number are counted, not listed. */
const MAX_LISTED = 20;

/** Everything that needs a person, with links to the frames, and the configurations. */
function Findings({ audit: { findings, configurations }, frames }: {
  readonly audit: Audit;
  readonly frames: readonly ReportFrame[];
}) {
  const ids = new Map(frames.map(({ id, verdict }) => [verdict.file, id]));
  const byGroup = Map.groupBy(findings, ({ group }) => group);
  const needsNobody = findings.every(({ group }) => group === "information");
  return (
    <section class="attention" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      {needsNobody && <p>Nothing needs attention.</p>}
      {FINDING_GROUPS.map((group) => {
        const own = byGroup.get(group);
        if (own === undefined) return null;
        return (
          <details key={group} open={group !== "information"}>
            <summary>
              {GROUP_HEADINGS[group]} <span class="soft">{own.length}</span>
            </summary>
            <ul>
              {[...Map.groupBy(own, ({ kind }) => kind)].map((
                [kind, members],
              ) => (
                <>
                  {members.slice(0, MAX_LISTED).map((finding) => (
                    <FindingItem finding={finding} ids={ids} />
                  ))}
                  {members.length > MAX_LISTED && (
                    <li>
                      {`and ${members.length - MAX_LISTED} more: ${kind}`}
                    </li>
                  )}
                </>
              ))}
            </ul>
          </details>
        );
      })}
      <Configurations rows={configurations} />
    </section>
  );
}

/** A finding as text, in which the names of frames open them. */
function FindingItem({ finding, ids }: {
  readonly finding: Finding;
  readonly ids: ReadonlyMap<string, number>;
}) {
  const parts: ComponentChild[] = [];
  let text = describeFinding(finding);
  for (const file of finding.files) {
    const name = printable(basename(file));
    const start = text.indexOf(name);
    if (start < 0) continue;
    parts.push(
      text.slice(0, start),
      <button type="button" class="link" data-open={ids.get(file)}>
        {name}
      </button>,
    );
    text = text.slice(start + name.length);
  }
  return <li>{parts}{text}</li>;
}

function describeFinding(finding: Finding): string {
  if (!("verdict" in finding)) {
    return formatFinding(finding).trim().replace("\n ", ";");
  }
  const { verdict } = finding;
  return printable(
    `${basename(verdict.file)}: ${formatAnswer(verdict)}; ${
      formatNote(verdict)
    }`,
  );
}

/** The number of frames of each type by configuration, and what is lacking. */
function Configurations(
  { rows }: { readonly rows: readonly ConfigurationRow[] },
) {
  if (rows.length === 0) return null;
  return (
    <div class="scroll" tabindex={0} role="region" aria-label="Configurations">
      <table class="configurations">
        <thead>
          <tr>
            {CONFIGURATION_HEADINGS.map((heading) => (
              <th key={heading} scope="col">{heading}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listCells(rows).map(([name, ...cells], row) => (
            <tr
              key={name}
              class={rows[row]!.lacks.length > 0 ? "lacking" : undefined}
            >
              <th scope="row">{name}</th>
              {cells.map((cell, column) => <td key={column}>{cell}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Buttons that show the frames that need review, by reason. */
function ReviewCounts({ frames, attention }: {
  readonly frames: readonly ReportFrame[];
  readonly attention: AttentionByFile;
}) {
  const byReason = Map.groupBy(
    frames,
    ({ verdict }) => attention.get(verdict.file)?.reason,
  );
  const reasons = ATTENTION_REASONS.flatMap((reason) => {
    const members = byReason.get(reason);
    return members === undefined ? [] : [{ reason, members }];
  });
  if (reasons.length === 0) return null;
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
    ["review", "Needs review", ["any reason", ...ATTENTION_REASONS]],
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
function Timeline({ frames, attention }: {
  readonly frames: readonly ReportFrame[];
  readonly attention: AttentionByFile;
}) {
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
        <Night
          key={night}
          night={night}
          frames={members}
          attention={attention}
        />
      ))}
      {nights.length > MAX_NIGHTS && (
        <p class="soft">{nights.length - MAX_NIGHTS} more nights.</p>
      )}
    </section>
  );
}

function Night({ night, frames, attention }: {
  readonly night: string;
  readonly frames: readonly ReportFrame[];
  readonly attention: AttentionByFile;
}) {
  const needsReview = ({ verdict }: ReportFrame) => attention.has(verdict.file);
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
