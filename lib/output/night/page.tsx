/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * The page of a night: one self-contained HTML file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { FRAME_TYPES } from "../../frame_type.ts";
import { byDoubt, doubtOf } from "../../calibration/triage.ts";
import { Card, shownType } from "./card.tsx";
import script from "./client/report.js" with { type: "text" };
import type { SheetFrame } from "./sheet_frame.ts";
import { STYLE } from "./style.ts";
import { Timeline } from "./timeline.tsx";

/** What the page is of. */
export interface NightPage {
  /** Heading. */
  readonly title: string;
  /** A line below it: what typed the frames, and when. */
  readonly subtitle: string;
  /** All frames, in the order of the input. */
  readonly frames: readonly SheetFrame[];
}

/** What needs a person comes first. */
const GROUPS: readonly string[] = [
  "error",
  "unknown",
  ...FRAME_TYPES,
  "other",
];

/** Nothing but what is in the file is loaded, and of scripts only ours runs. */
const POLICY =
  `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${
    createHash("sha256").update(script).digest("base64")
  }'; base-uri 'none'; form-action 'none'`;

/**
 * The page but for what is shown of a frame that is opened: those blocks come
 * between its two parts, {@linkcode detailsBlock} for each frame.
 *
 * @returns HTML before and after them. Whatever comes from headers and paths is escaped.
 */
export function nightPage(page: NightPage): [before: string, after: string] {
  return [
    "<!doctype html>\n" +
    renderToString(<Page {...page} />).replace(/<\/body><\/html>$/, "\n"),
    `<script>${script}</script>\n</body></html>\n`,
  ];
}

/** What is shown of a frame that is opened, as a block that only our script reads. */
export function detailsBlock(id: number, details: unknown): string {
  const json = JSON.stringify(details).replaceAll("<", "\\u003c");
  return `<script type="application/json" id="d${id}">${json}</script>\n`;
}

function Page({ title, subtitle, frames }: NightPage) {
  const groups = Map.groupBy(frames, shownType);
  const doubtful = frames.filter(({ verdict }) => doubtOf(verdict) !== null);
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
            {GROUPS.filter((type) => groups.has(type)).map((type) => (
              <button
                type="button"
                key={type}
                data-only={type}
                aria-pressed="false"
              >
                <b>{groups.get(type)!.length}</b> {type}
              </button>
            ))}
          </div>
          <p>{doubtText(doubtful)}</p>
        </header>
        <main>
          <Timeline frames={frames} />
          <Filters frames={frames} />
          {GROUPS.filter((type) => groups.has(type)).map((type) => (
            <Group key={type} type={type} frames={groups.get(type)!} />
          ))}
        </main>
        <dialog id="frame" aria-labelledby="title">
          <nav aria-label="Frames">
            <button type="button" id="before">← before</button>
            <button type="button" id="behind">next →</button>
            <button type="button" id="close">Close</button>
          </nav>
          <div id="inside" tabindex={0} role="region" aria-label="Frame"></div>
        </dialog>
      </body>
    </html>
  );
}

const WORDS = [
  ["error", "cannot be read", "cannot be read"],
  ["conflict", "conflict with the header", "conflicts with the header"],
  ["unknown", "unknown", "unknown"],
] as const;

function doubtText(doubtful: readonly SheetFrame[]): string {
  if (doubtful.length === 0) return "Nothing needs a look.";
  const counts = Map.groupBy(doubtful, ({ verdict }) => doubtOf(verdict)!);
  const said = WORDS.flatMap(([doubt, one, several]) => {
    const count = counts.get(doubt)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
  });
  return `${doubtful.length} to look at: ${said.join(", ")}.`;
}

function Group({ type, frames }: {
  readonly type: string;
  readonly frames: readonly SheetFrame[];
}) {
  const sorted = frames.toSorted((one, other) =>
    byDoubt(one.verdict, other.verdict)
  );
  return (
    <section class="type" aria-labelledby={`type-${type}`}>
      <h2 id={`type-${type}`}>
        {type} <span class="soft count">{frames.length}</span>
      </h2>
      <ol class="sheet">
        {sorted.map((frame) => <Card key={frame.id} frame={frame} />)}
      </ol>
    </section>
  );
}

function Filters({ frames }: { readonly frames: readonly SheetFrame[] }) {
  const some = (value: (frame: SheetFrame) => string | null | undefined) =>
    [...new Set(frames.map(value))].filter((one) => one).sort() as string[];
  return (
    <form id="filters" role="search" aria-label="Frames">
      <Choice
        name="look"
        label="To look at"
        options={["doubtful", "conflict", "unknown", "error"]}
      />
      <Choice name="type" label="Type" options={some(shownType)} />
      <Choice
        name="night"
        label="Night"
        options={some(({ verdict }) => verdict.log?.night)}
      />
      <Choice
        name="instrument"
        label="Instrument"
        options={some(({ verdict }) => verdict.log?.instrument)}
      />
      <Labelled label="Sort by">
        <select name="sort">
          <option value="doubt">doubt</option>
          <option value="name">name</option>
          <option value="time">time</option>
          <option value="probability">probability</option>
        </select>
      </Labelled>
      <Labelled label="Search ( / )">
        <input type="search" name="search" placeholder="name, target, card" />
      </Labelled>
      <button type="button" id="clear">Clear</button>
      <p id="told" role="status"></p>
    </form>
  );
}

function Choice({ name, label, options }: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly string[];
}) {
  return (
    <Labelled label={label}>
      <select name={name}>
        <option value="">all</option>
        {options.map((option) => (
          <option key={option} value={option}>{option}</option>
        ))}
      </select>
    </Labelled>
  );
}

function Labelled({ label, children }: {
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  return (
    <label>
      {label}
      {children}
    </label>
  );
}
