/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { createHash } from "node:crypto";
import type { ComponentChild } from "preact";
import { renderToString } from "preact-render-to-string";
import { FRAME_TYPES } from "../../frame_type.ts";
import { findNightLabel } from "../../calibration/night.ts";
import { compareByReviewReason } from "../../calibration/triage.ts";
import {
  type Audit,
  auditVerdicts,
  type Finding,
  FINDING_GROUPS,
  type FindingKind,
} from "../../calibration/findings.ts";
import {
  type ConfigurationRow,
  nameConfigurations,
  nameInFull,
} from "../../calibration/configuration_table.ts";
import { basename } from "../../std.ts";
import { formatFinding, GROUP_HEADINGS } from "../audit.ts";
import { CONFIGURATION_HEADINGS, listCells } from "../configurations.ts";
import { formatAnswer } from "../explanation.ts";
import { formatNote } from "../note.ts";
import report from "./client/report.js" with { type: "text" };
import viewer from "./client/viewer.js" with { type: "text" };
import {
  type Attention,
  ATTENTION_REASONS,
  type AttentionByFile,
  Card,
  type DescribedFrame,
  groupOf,
  LOG_HEADINGS,
  LogRow,
  type ReportFrame,
  SEPARATOR,
} from "./frame.tsx";
import { Quality } from "./quality.tsx";
import { formatCount, printable } from "../text.ts";
import { STYLE } from "./style.ts";
import { Timeline } from "./timeline.tsx";

export interface ReportPage {
  /** Name of the page, above a heading that says what the frames are. */
  readonly title: string;
  /** A line below the heading: which model classified the frames, and when. */
  readonly subtitle: string;
  /** Seconds after which the page loads itself again; `undefined` for never. */
  readonly refresh?: number | undefined;
  readonly frames: readonly ReportFrame[];
  /** Whether the pixels of the frames are in files beside the page. Default: false. */
  readonly full?: boolean;
}

/** Groups in the order of the page: first those that need review. */
const GROUPS: readonly string[] = ["error", "unknown", ...FRAME_TYPES, "other"];

/** The viewer is in a block, so that its names are its own. */
const script = `{\n${viewer}}\n${report}`;

/**
 * The page loads nothing from outside, and runs no script but its own. With pixels
 * beside it, that script loads them as scripts.
 */
const makePolicy = (full: boolean) =>
  `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${
    createHash("sha256").update(script).digest("base64")
  }'${full ? " 'strict-dynamic'" : ""}; base-uri 'none'; form-action 'none'`;

/**
 * Returns the HTML before and after the details of the frames; the blocks that
 * {@linkcode detailsBlock} returns go between them. The page can be used before they have
 * arrived. Texts from headers and paths are escaped.
 */
export function renderReportPage(
  page: ReportPage,
): [before: string, after: string] {
  return [
    "<!doctype html>\n" +
    renderToString(<Page {...page} />).replace(
      /<\/body><\/html>$/,
      // The replacement of a string would be a pattern.
      () => `\n<script>${script}</script>\n`,
    ),
    "</body></html>\n",
  ];
}

/**
 * Returns the details of a frame and its header cards as data blocks. As text inside JSON
 * they cost the browser next to nothing until the frame is opened.
 */
export function detailsBlock(
  id: number,
  html: string,
  cards: readonly (readonly string[])[],
): string {
  return dataBlock(`c${id}`, JSON.stringify(cards)) +
    dataBlock(`d${id}`, JSON.stringify(html));
}

/** Returns JSON as a data block. */
export function dataBlock(id: string, json: string): string {
  const text = escapeJson(json);
  return `<script type="application/json" id="${id}">${text}</script>\n`;
}

/** Escapes JSON for a script element, which no text may end. */
function escapeJson(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

function Page({ title, subtitle, refresh, frames, full = false }: ReportPage) {
  const audit = auditVerdicts(frames.map(({ verdict }) => verdict));
  const attention = listAttention(audit);
  const configurations = nameFrameConfigurations(frames);
  const describe = (frame: ReportFrame): DescribedFrame => ({
    frame,
    attention: attention.get(frame.verdict.file),
    configurations: configurations.get(frame.id) ?? [],
  });
  const byGroup = Map.groupBy(frames, ({ verdict }) => groupOf(verdict));
  const groups = GROUPS.flatMap((type) => {
    const members = byGroup.get(type);
    return members === undefined ? [] : [{ type, members }];
  });
  const heading = describeFrames(frames);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content={makePolicy(full)} />
        <title>
          {heading.name === "" ? title : `${heading.name} · ${title}`}
        </title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body data-refresh={refresh}>
        <header>
          <p class="soft top">
            {heading.name !== "" && <b>{title}</b>} <span>{subtitle}</span>
          </p>
          <h1>
            {heading.name || title} <span class="soft">{heading.details}</span>
          </h1>
          <Summary audit={audit} frames={frames} />
          <Findings audit={audit} frames={frames} />
          <Configurations rows={audit.configurations} />
        </header>
        <main>
          <Timeline frames={frames} attention={attention} />
          <Quality frames={frames} attention={attention} />
          <div id="bar">
            <TypeCounts groups={groups} />
            <Filters
              frames={frames}
              configurations={audit.configurations.map(nameInFull)}
            />
          </div>
          {groups.map(({ type, members }) => (
            <TypeSection
              key={type}
              type={type}
              members={members.toSorted((one, other) =>
                rankAttention(attention.get(one.verdict.file)) -
                  rankAttention(attention.get(other.verdict.file)) ||
                compareByReviewReason(one.verdict, other.verdict)
              ).map(describe)}
            />
          ))}
          {listSets(configurations).map((set, k) => (
            <ConfigurationSection
              key={set}
              set={set}
              id={`configuration-${k}`}
            />
          ))}
          <ObservingLog
            frames={frames.toSorted(compareTimes).map(describe)}
            isDated={heading.nights > 1}
          />
        </main>
        <footer class="soft">
          Keys: / search · ← → from frame to frame · 1 2 3 views
        </footer>
        <div id="tip" hidden></div>
        <dialog id="frame" aria-labelledby="title">
          <nav aria-label="Frames">
            <button type="button" id="previous">← previous</button>
            <button type="button" id="next">next →</button>
            <span class="soft" id="position"></span>
            <button type="button" id="close">Close</button>
          </nav>
          <div id="details" tabindex={0} role="region" aria-label="Frame"></div>
        </dialog>
      </body>
    </html>
  );
}

/** The frames of a type. */
interface TypeGroup<Frame> {
  readonly type: string;
  readonly members: readonly Frame[];
}

function TypeCounts({ groups }: {
  readonly groups: readonly TypeGroup<ReportFrame>[];
}) {
  return (
    <div class="counts" role="group" aria-label="Types">
      {groups.map(({ type, members }) => (
        <button
          type="button"
          key={type}
          class={`t-${type}`}
          data-field="type"
          data-value={type}
          aria-pressed="false"
        >
          <i class="dot"></i>
          <b>{members.length}</b> {type}
        </button>
      ))}
    </div>
  );
}

function TypeSection({ type, members }: TypeGroup<DescribedFrame>) {
  return (
    <section
      class="group"
      data-view="type"
      data-value={type}
      aria-labelledby={`type-${type}`}
    >
      <h2 id={`type-${type}`} class={`name t-${type}`}>
        {type} <span class="soft count">{members.length}</span>
      </h2>
      <ol class="sheet">
        {members.map((one) => <Card key={one.frame.id} {...one} />)}
      </ol>
    </section>
  );
}

/** The frames of a configuration, into which the script of the page moves the cards. */
function ConfigurationSection({ set, id }: {
  readonly set: string;
  readonly id: string;
}) {
  return (
    <section
      class="group"
      data-view="configuration"
      data-value={set}
      aria-labelledby={id}
      hidden
    >
      <h2 id={id}>
        {set === "" ? "no configuration" : set.replaceAll(SEPARATOR, ", ")}{" "}
        <span class="soft count"></span>
      </h2>
      <ol class="sheet"></ol>
    </section>
  );
}

function ObservingLog({ frames, isDated }: {
  readonly frames: readonly DescribedFrame[];
  readonly isDated: boolean;
}) {
  const rows = renderToString(
    <>
      {frames.map((one) => (
        <LogRow key={one.frame.id} isDated={isDated} {...one} />
      ))}
    </>,
  );
  return (
    <section id="log" aria-label="Observing log" hidden>
      <div
        class="scroll"
        tabindex={0}
        role="region"
        aria-label="Observing log, table"
      >
        <table>
          <thead>
            <tr>
              {LOG_HEADINGS.map((name, column) => (
                <th
                  key={name}
                  scope="col"
                  aria-sort={column === 0 ? "ascending" : "none"}
                >
                  <button type="button" class="link">{name}</button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody></tbody>
        </table>
      </div>
      {/* As text inside JSON the rows cost next to nothing until the log is shown. */}
      <script
        type="application/json"
        id="rows"
        dangerouslySetInnerHTML={{ __html: escapeJson(JSON.stringify(rows)) }}
      />
    </section>
  );
}

/** Returns the place of a frame among those of its type: those that need attention first. */
function rankAttention(attention: Attention | undefined): number {
  return attention === undefined
    ? ATTENTION_REASONS.length
    : ATTENTION_REASONS.indexOf(attention.reason);
}

/** Lists the sets of configurations that frames are in: one, then several, then none. */
function listSets(
  configurations: ReadonlyMap<number, readonly string[]>,
): string[] {
  return [...new Set([...configurations.values()].map(joinNames))]
    .sort((one, other) =>
      countNames(one) - countNames(other) ||
      one.localeCompare(other, "en", { numeric: true })
    );
}

function compareTimes(
  { id: one, verdict: { log: first } }: ReportFrame,
  { id: other, verdict: { log: second } }: ReportFrame,
): number {
  return (first?.mjd ?? Number.MAX_VALUE) - (second?.mjd ?? Number.MAX_VALUE) ||
    one - other;
}

/** Returns the names of the configurations of each frame, by id. */
function nameFrameConfigurations(
  frames: readonly ReportFrame[],
): ReadonlyMap<number, readonly string[]> {
  const { names } = nameConfigurations(
    frames.flatMap(({ id, verdict: { type, use, log } }) =>
      log === null ? [] : [{ id, type, use, log }]
    ),
  );
  return new Map([...names].map(([{ id }, own]) => [id, own.map(printable)]));
}

function joinNames(names: readonly string[]): string {
  return names.join(SEPARATOR);
}

function countNames(set: string): number {
  return set === "" ? Infinity : set.split(SEPARATOR).length;
}

/** Instruments or nights beyond this number are counted, not named. */
const MAX_NAMED = 3;

/** What the frames are: the instruments and nights, and the observatory and their number. */
function describeFrames(frames: readonly ReportFrame[]) {
  const instruments = listInstruments(frames);
  const nights = listNights(frames);
  const period = nights.length < 2
    ? nights
    : [`${nights[0]} to ${nights.at(-1)}`];
  return {
    nights: nights.length,
    name: [
      instruments.length > MAX_NAMED
        ? formatCount(instruments.length, "instrument")
        : instruments.join(", "),
      ...period,
    ].filter((text) => text !== "").map(printable).join(" · "),
    details: [
      ...listTexts(frames, ({ site }) => site?.name).slice(0, MAX_NAMED),
      ...(nights.length > 1 ? [formatCount(nights.length, "night")] : []),
      formatCount(frames.length, "frame"),
    ].join(" · "),
  };
}

function listInstruments(frames: readonly ReportFrame[]): string[] {
  return listTexts(frames, ({ verdict }) => verdict.log?.instrument);
}

function listNights(frames: readonly ReportFrame[]): string[] {
  return listTexts(
    frames,
    ({ verdict: { log } }) => log && findNightLabel(log),
  );
}

/** Returns the different texts that frames have, sorted. */
function listTexts(
  frames: readonly ReportFrame[],
  select: (frame: ReportFrame) => string | null | undefined,
): string[] {
  return [...new Set(frames.map(select))].filter((text) => text)
    .sort() as string[];
}

/** How the findings of each kind are counted in the summary. */
const NOUNS: Readonly<Partial<Record<FindingKind, string>>> = {
  error: "error",
  conflict: "conflict",
  unusable: "unusable",
  outlier: "outlier",
  missing: "missing calibration",
  unknown: "unknown",
  incomplete: "incomplete header",
  drift: "drift",
};

/** Kinds whose word in {@linkcode NOUNS} is an adjective, without a plural. */
const ADJECTIVES: readonly FindingKind[] = ["unusable", "unknown"];

/** One line that answers whether a person is needed, with buttons that show the frames. */
function Summary({ audit: { findings }, frames }: {
  readonly audit: Audit;
  readonly frames: readonly ReportFrame[];
}) {
  const { nights } = describeFrames(frames);
  const [subject, verb, needs] = nights === 0
    ? ["This set", "is", "needs"]
    : nights === 1
    ? ["This night", "is", "needs"]
    : ["These nights", "are", "need"];
  const count = (group: Finding["group"]) => [...Map.groupBy(
    findings.filter((finding) => finding.group === group),
    ({ kind }) => kind,
  )];
  const [act, look] = [count("act"), count("look")];
  const [state, text] = act.length > 0
    ? ["bad", `${subject} ${needs} attention`]
    : look.length > 0
    ? ["warn", `${subject} ${verb} probably fine`]
    : ["good", `${subject} ${verb} fine`];
  return (
    <p class={`summary ${state}`}>
      <b>{text}{act.length + look.length > 0 ? ":" : "."}</b>
      {act.length + look.length === 0 && (
        <span>
          Nothing needs attention: no conflict, no outlier, no missing
          calibration among {formatCount(frames.length, "frame")}.
        </span>
      )}
      {[...act, ...look].map(([kind, own]) => (
        <SummaryItem key={kind} kind={kind} count={own.length} />
      ))}
    </p>
  );
}

function SummaryItem({ kind, count }: {
  readonly kind: FindingKind;
  readonly count: number;
}) {
  const plural = count > 1 && !ADJECTIVES.includes(kind) ? "s" : "";
  const text = <>{<b>{count}</b>} {NOUNS[kind]}{plural}</>;
  const isOfFrames = ATTENTION_REASONS.some((reason) => reason === kind);
  return isOfFrames
    ? (
      <button
        type="button"
        class="reason"
        data-field="review"
        data-value={kind}
        aria-pressed="false"
      >
        {text}
      </button>
    )
    : <span class="reason">{text}</span>;
}

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

/** Number of findings of a group beyond which their list scrolls, by the keyboard, too. */
const MANY = 4;

/** Findings of a kind beyond this number are counted, not listed. */
const MAX_LISTED = 20;

/** Everything that needs a person, with links to the frames. */
function Findings({ audit: { findings }, frames }: {
  readonly audit: Audit;
  readonly frames: readonly ReportFrame[];
}) {
  const ids = new Map(frames.map(({ id, verdict }) => [verdict.file, id]));
  const byGroup = Map.groupBy(findings, ({ group }) => group);
  if (findings.length === 0) return null;
  return (
    <section class="attention" aria-label="Needs attention">
      {FINDING_GROUPS.map((group) => {
        const own = byGroup.get(group);
        if (own === undefined) return null;
        return (
          <details key={group} open={group !== "information"}>
            <summary>
              {GROUP_HEADINGS[group]} <span class="soft">{own.length}</span>
            </summary>
            <div class="list" tabindex={own.length > MANY ? 0 : undefined}>
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
            </div>
          </details>
        );
      })}
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
  const types: readonly string[] = FRAME_TYPES;
  return (
    <div
      id="configurations"
      class="scroll"
      tabindex={0}
      role="region"
      aria-label="Configurations"
    >
      <table class="configurations">
        <thead>
          <tr>
            {CONFIGURATION_HEADINGS.map((heading) => (
              <th
                key={heading}
                scope="col"
                class={types.includes(heading)
                  ? `number name t-${heading}`
                  : undefined}
              >
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listCells(rows).map(([name, ...cells], row) => (
            <tr
              key={name}
              class={rows[row]!.lacks.length > 0 ? "lacking" : undefined}
            >
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  data-field="configuration"
                  data-value={name}
                  aria-pressed="false"
                >
                  {name}
                </button>
              </th>
              {cells.map((cell, column) => (
                <td
                  key={column}
                  class={column < types.length
                    ? `number${cell === "0" ? " zero" : ""}`
                    : column === types.length
                    ? "lacks"
                    : undefined}
                >
                  {column === types.length && cell === "-"
                    ? <span class="soft">nothing</span>
                    : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The views, with the value of the state that selects each. */
const VIEWS = [
  ["type", "Types"],
  ["configuration", "Configurations"],
  ["log", "Observing log"],
] as const;

function Filters({ frames, configurations }: {
  readonly frames: readonly ReportFrame[];
  readonly configurations: readonly string[];
}) {
  const choices: [name: string, label: string, options: readonly string[]][] = [
    ["review", "Needs review", ["any reason", ...ATTENTION_REASONS]],
    ["configuration", "Configuration", configurations.map(printable)],
    ["night", "Night", listNights(frames)],
    ["instrument", "Instrument", listInstruments(frames)],
  ];
  return (
    <form id="filters" role="search" aria-label="Frames">
      <fieldset class="views">
        <legend class="unseen">View</legend>
        {VIEWS.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name="view"
              value={value}
              checked={value === "type"}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <input
        type="search"
        name="search"
        aria-label="Search"
        placeholder="Search: name, target, CARD=value"
      />
      {/* The buttons of the types set it. */}
      <input type="hidden" name="type" />
      {choices.map(([name, label, options]) => (
        // A choice of one is none.
        <label key={name} hidden={options.length < 2}>
          <span>{label}</span>
          <select name={name}>
            <option value="">all</option>
            {options.map((option) => <option key={option}>{option}</option>)}
          </select>
        </label>
      ))}
      <label class="sort">
        <span>Sort by</span>
        <select name="sort">
          {["review", "name", "time", "probability"].map((order) => (
            <option key={order} value={order}>
              {order === "review" ? "needs review" : order}
            </option>
          ))}
        </select>
      </label>
      <button type="button" id="clear" hidden>Clear</button>
      <p id="count" role="status"></p>
    </form>
  );
}
