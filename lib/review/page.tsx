/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * The review page before its scripts fill it.
 *
 * @module
 */
import { renderToString } from "preact-render-to-string";

/** What the page says of itself. */
export interface ReviewPage {
  /** What is reviewed, as the user named it. */
  readonly named: readonly string[];
  /** Absolute path of the labels file. */
  readonly labels: string;
  /** Walks all frames from the start, not only the doubtful. */
  readonly all: boolean;
}

/** Labels and their keys. */
const LABELS = [
  ["bias", "b"],
  ["dark", "d"],
  ["arc", "a"],
  ["flat", "f"],
  ["science", "s"],
  ["standard", "t"],
  ["other", "u"],
] as const;

const KEYS = [
  ["b d a f s t", "bias, dark, arc, flat, science, standard"],
  ["u", "other: a frame that must get no type (imaging, a dead lamp)"],
  ["Enter", "the type that the pixels say"],
  ["Space", "skip: on to the next without a label"],
  ["z, Backspace", "undo the last label"],
  ["← → ↑ ↓", "the frame before or behind; Page up, Page down: ten of them"],
  ["?", "this help; Escape closes it"],
] as const;

/** The page; its scripts and style come from the same server. */
export function reviewPage(page: ReviewPage): string {
  return "<!doctype html>\n" + renderToString(<Page {...page} />) + "\n";
}

function Page({ named, labels, all }: ReviewPage) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>spit review</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="review.css" />
        <script type="module" src="main.js"></script>
      </head>
      <body data-filter={all ? "all" : "doubtful"} data-labels={labels}>
        <Top named={named} labels={labels} />
        <main>
          <Frame />
          <nav aria-label="Frames">
            <ol id="list"></ol>
          </nav>
          <aside aria-label="Frames to compare with" id="neighbours"></aside>
        </main>
        <p id="spoken" class="unseen" role="status"></p>
        <Help />
      </body>
    </html>
  );
}

function Top({ named, labels }: Pick<ReviewPage, "named" | "labels">) {
  return (
    <header>
      <div class="bar">
        <h1>Review</h1>
        <span class="soft named">{named.join(" ")}</span>
        <span class="progress">
          <progress
            id="bar"
            value={0}
            max={1}
            aria-label="Doubtful frames done"
          />
          <span id="left"></span>
          <span class="soft" id="typed"></span>
        </span>
        <span class="filters" role="group" aria-label="Frames to walk">
          <Filter name="doubtful" text="Doubtful" />
          <Filter name="all" text="All" />
          <Filter name="labelled" text="Labelled" />
        </span>
        <button type="button" id="do-help">
          Keys <kbd>?</kbd>
        </button>
      </div>
      <div class="bar small">
        <span id="saving" role="status"></span>
        <span class="soft named">in {labels}</span>
        <span id="trouble" role="alert"></span>
        <span id="said" role="status"></span>
      </div>
      <div id="fault" role="alert"></div>
    </header>
  );
}

function Filter({ name, text }: {
  readonly name: string;
  readonly text: string;
}) {
  return (
    <button type="button" data-show={name} aria-pressed="false">
      {text} <span class="count"></span>
    </button>
  );
}

function Frame() {
  return (
    <div id="shown">
      <p id="nothing">Frames are being typed …</p>
      <article id="frame" hidden>
        <h2 id="name"></h2>
        <p class="soft" id="folder"></p>
        <div id="inputImages"></div>
        <dl id="verdict">
          <div class="pixels">
            <dt>Pixels say</dt>
            <dd id="pixels"></dd>
          </div>
          <div class="claim">
            <dt>Header says</dt>
            <dd id="claim"></dd>
          </div>
          <div class="chosen">
            <dt>You say</dt>
            <dd id="chosen"></dd>
          </div>
        </dl>
        <Buttons />
        <div class="parts">
          <section>
            <h3>Row maxima</h3>
            <div id="plots"></div>
          </section>
          <section>
            <h3>Votes</h3>
            <table>
              <thead>
                <tr>
                  <th scope="col">Type</th>
                  <th scope="col" colSpan={2}>Probability</th>
                  <th scope="col">Votes</th>
                </tr>
              </thead>
              <tbody id="votes"></tbody>
            </table>
          </section>
          <section>
            <h3>Log</h3>
            <dl id="log"></dl>
          </section>
        </div>
        <details>
          <summary>Header cards</summary>
          <div
            class="cards"
            data-scrolls
            tabIndex={0}
            role="region"
            aria-label="Header cards"
          >
            <table>
              <tbody id="cards"></tbody>
            </table>
          </div>
        </details>
      </article>
    </div>
  );
}

function Buttons() {
  return (
    <div class="labels">
      <div role="group" aria-label="Label">
        {LABELS.map(([label, key]) => (
          <button
            type="button"
            key={key}
            data-label={label}
            aria-pressed="false"
          >
            {label} <kbd>{key}</kbd>
          </button>
        ))}
      </div>
      <div role="group" aria-label="Steps">
        <button type="button" id="do-accept">
          as pixels say <kbd>Enter</kbd>
        </button>
        <button type="button" id="do-skip">
          skip <kbd>Space</kbd>
        </button>
        <button type="button" id="do-undo">
          undo <kbd>z</kbd>
        </button>
      </div>
    </div>
  );
}

function Help() {
  return (
    <dialog id="help" aria-labelledby="help-name">
      <h2 id="help-name">Keys</h2>
      <dl>
        {KEYS.map(([keys, text]) => (
          <>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{text}</dd>
          </>
        ))}
      </dl>
      <p>
        <label>
          <input type="checkbox" id="letters" checked /> single letters are keys
        </label>
      </p>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}
