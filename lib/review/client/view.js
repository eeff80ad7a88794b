// @ts-check
/// <reference lib="dom" />
import { similarFrames, typesToCompare } from "./frames.js";
import { HELP, LABEL_KEYS } from "./keys.js";
import { html } from "./preact.js";

/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {import("./api.js").Details} Details */
/** @typedef {import("./frames.js").Filter} Filter */
/** @typedef {import("./app.js").View} View */

/** @param {string} file */
export function fileName(file) {
  return file.replace(/^.*[/\\]/, "");
}

/** The whole page. @param {View} view */
export function App(view) {
  return html`
    <${Header} ...${view} />
    <main>
      <div id="shown">
        ${view.row === null
          ? html`<${Empty} ...${view} />`
          : html`<${Frame} ...${view} />`}
      </div>
      <nav aria-label="Frames">
        <${List} ...${view} />
      </nav>
      <aside aria-label="Frames to compare with" id="similar">
        <${Similar} ...${view} />
      </aside>
    </main>
    <p class="unseen" role="status">${view.announcement}</p>
    <${Help} ...${view} />
  `;
}

/** @type {readonly (readonly [Filter, string])[]} */
const FILTERS = [
  ["review", "Needs review"],
  ["all", "All"],
  ["labelled", "Labelled"],
];

/** @param {View} view */
function Header(view) {
  const { paths, labelsFile, filter, counts, waiting, actions } = view;
  const total = counts.all + waiting;
  return html`
    <header>
      <div class="bar">
        <h1>Review</h1>
        <span class="soft named">${paths}</span>
        <span class="progress">
          <progress
            value=${counts.review - counts.left}
            max=${Math.max(1, counts.review)}
            aria-label="Reviewed frames"
          />
          <span>${counts.left} of ${counts.review} left to review</span>
          <span class="soft">
            ${waiting === 0
              ? total
              : `${counts.all} of ${total}`} frames classified
          </span>
        </span>
        <span class="filters" role="group" aria-label="Frames to show">
          ${FILTERS.map(([name, text]) =>
            html`
              <button
                type="button"
                aria-pressed=${name === filter}
                onClick=${() => actions.filter(name)}
              >
                ${text} <span class="count">${counts[name]}</span>
              </button>
            `
          )}
        </span>
        <button type="button" onClick=${actions.help}>Keys <kbd>?</kbd></button>
      </div>
      <div class="bar small">
        <${SaveStatus} ...${view} />
        <span class="soft named">in ${labelsFile}</span>
        <span class="problem" role="alert">${view.connectionProblem}</span>
        <span id="message" role="status">${view.message}</span>
      </div>
      <div class="problem" role="alert">${view.labelsError}</div>
    </header>
  `;
}

/** @param {View} view */
function SaveStatus({ counts, saveProblem }) {
  const labels = counts.unsaved === 1 ? "1 label" : `${counts.unsaved} labels`;
  return html`
    <span class=${saveProblem === "" ? "saved" : "problem"} role="status">
      ${saveProblem !== ""
        ? `${labels} NOT saved: ${saveProblem}`
        : counts.unsaved === 0
        ? "All labels are saved"
        : `Saving ${labels} …`}
    </span>
  `;
}

/** @param {View} view */
function Empty({ waiting, filter }) {
  const text = waiting > 0
    ? "Classifying frames …"
    : filter === "review"
    ? "No frame needs review. “All” shows every frame."
    : "There are no frames to show.";
  return html`<p id="empty">${text}</p>`;
}

/** @param {View & { row: ReviewRow }} view */
function Frame({ row, isUnsaved, details: { key, loaded }, actions }) {
  const name = fileName(row.file);
  return html`
    <article>
      <h2 id="name">${name}</h2>
      <p class="soft">${row.file.slice(0, -name.length)}</p>
      <div id="images" key=${key}>
        ${loaded?.error
          ? html`<p class="problem">There is no input image: ${loaded.error}</p>`
          : row.hdus.map((hdu, k) =>
            html`
              <figure key=${k}>
                <img
                  src=${`image/${row.id}/${row.imageVersion}/${k}`}
                  alt=${`${name}, HDU ${hdu}: the input image of the network`}
                  width="650"
                  height="210"
                />
                ${row.hdus.length > 1 &&
                  html`<figcaption>HDU ${hdu}</figcaption>`}
              </figure>
            `
          )}
      </div>
      <${Verdict} row=${row} isUnsaved=${isUnsaved} />
      <${Buttons} row=${row} actions=${actions} />
      ${row.hdus.length > 0 &&
        html`
          <spit-viewer
            data-scrolls
            src=${`pixels/${row.id}/${row.imageVersion}/`}
            hdus=${row.hdus.join(" ")}
          />
        `}
      <div class="parts">
        <section>
          <h3>Row maxima</h3>
          ${loaded?.hdus.map((hdu) =>
            html`<${Plot} key=${hdu.hdu} ...${hdu.plot} />`
          )}
        </section>
        <section>
          <h3>Probabilities</h3>
          <${Probabilities} ...${row} />
        </section>
        <section>
          <h3>Log</h3>
          <dl id="log">
            ${row.log.map(([name, text]) =>
              html`
                <dt>${name}</dt>
                <dd>${text}</dd>
              `
            )}
          </dl>
        </section>
      </div>
      <details>
        <summary>Header cards</summary>
        <div
          class="cards"
          data-scrolls
          tabindex="0"
          role="region"
          aria-label="Header cards"
        >
          <table>
            <tbody id="cards">
              ${loaded?.cards.map((card) =>
                html`
                  <tr>${card.map((text) => html`<td>${text}</td>`)}</tr>
                `
              )}
            </tbody>
          </table>
        </div>
      </details>
    </article>
  `;
}

/** @param {{ row: ReviewRow, isUnsaved: boolean }} props */
function Verdict({ row, isUnsaved }) {
  const { answer, probability, explanation, reviewReason, label } = row;
  return html`
    <dl id="verdict" class=${label === null ? reviewReason ?? "" : ""}>
      <div class="answer">
        <dt>${label === null ? "Answer" : "Answer without your label"}</dt>
        <dd id="answer">
          <b>${answer}</b> <span class="number">${probability}</span>
          <span class="explanation">${explanation}</span>
        </dd>
      </div>
      <div>
        <dt>Your label ${label !== null && html`<span>decides</span>`}</dt>
        <dd id="label">
          <b>${label ?? "none"}</b>
          <span class="note">${isUnsaved && "not saved yet"}</span>
        </dd>
      </div>
    </dl>
    <${Evidence} ...${row} />
  `;
}

/** @param {ReviewRow} row */
function Evidence({ evidence, label }) {
  return html`
    <dl class="evidence" id="evidence">
      ${evidence.map((item) => {
        // A label decides over all evidence.
        const role = label === null ? describeRole(item) : "";
        return html`
          <div key=${item.kind} class=${role}>
            <dt>${item.kind} ${role && html`<span>${role}</span>`}</dt>
            <dd>${item.value || html`<span class="soft">none</span>`}</dd>
            ${item.note && html`<dd class="soft">${item.note}</dd>`}
          </div>
        `;
      })}
    </dl>
  `;
}

/** @type {(item: ReviewRow["evidence"][number]) => string} */
function describeRole({ decides, contradicts }) {
  return contradicts ? "contradicts" : decides ? "decides" : "";
}

/** @param {Pick<View, "actions"> & { row: ReviewRow }} props */
function Buttons({ row, actions }) {
  const suggested = describeSuggestions(row);
  return html`
    <div class="labels">
      <div role="group" aria-label="Label">
        ${LABEL_KEYS.map(([label, key]) =>
          html`
            <button
              type="button"
              class=${suggested.has(label) ? "suggested" : ""}
              aria-pressed=${label === row.label}
              onClick=${() => actions.label(label)}
            >
              ${label} <kbd>${key}</kbd>
              ${suggested.has(label) &&
                html`<span class="likely">${suggested.get(label)}</span>`}
            </button>
          `
        )}
      </div>
      <div role="group" aria-label="Steps">
        <button type="button" onClick=${actions.accept}>
          accept <kbd>Enter</kbd>
        </button>
        <button type="button" onClick=${actions.skip}>
          skip <kbd>Space</kbd>
        </button>
        <button type="button" onClick=${actions.undo}>undo <kbd>z</kbd></button>
      </div>
    </div>
  `;
}

/**
 * Returns what stands beside the labels that the frame most probably needs: the
 * probability, or `header` for a claim in conflict.
 *
 * @type {(row: ReviewRow) => Map<string, string>}
 */
function describeSuggestions({ suggestions, probabilities, ...row }) {
  if (row.reviewReason === null) return new Map();
  const isClaim = (/** @type {string} */ label) =>
    row.reviewReason === "conflict" && label === row.claim;
  return new Map(suggestions.map((label) => [
    label,
    isClaim(label)
      ? "header"
      : probabilities.find(({ type }) => type === label)?.text ?? "",
  ]));
}

/** @param {Details["hdus"][number]["plot"]} plot */
function Plot({ viewBox, path, clipped, keptX, keptWidth, caption }) {
  return html`
    <figure class="plot">
      <svg
        viewBox=${viewBox}
        preserveAspectRatio="none"
        role="img"
        aria-label="Row maxima"
      >
        <rect class="kept" x=${keptX} width=${keptWidth} height="100%" />
        <path d=${path} />
        <path class="clipped" d=${clipped} />
      </svg>
      <figcaption>${caption}</figcaption>
    </figure>
  `;
}

/** @param {ReviewRow} row */
function Probabilities({ probabilities }) {
  return html`
    <table>
      <thead>
        <tr>
          <th scope="col">Type</th>
          <th scope="col" colspan="2">All evidence</th>
          <th scope="col">Pixels</th>
          <th scope="col">Votes</th>
        </tr>
      </thead>
      <tbody>
        ${probabilities.map(({ type, value, text, pixels, votes }) =>
          html`
            <tr key=${type}>
              <th scope="row">${type}</th>
              <td><meter value=${value} aria-label=${type} /></td>
              <td>${text}</td>
              <td>${pixels}</td>
              <td>${votes || ""}</td>
            </tr>
          `
        )}
      </tbody>
    </table>
  `;
}

/** Frames listed on either side of the one that is shown. */
const LIST_RADIUS = 60;

/** @param {View} view */
function List({ list, selected, actions }) {
  const index = Math.max(0, list.findIndex(({ id }) => id === selected));
  const start = Math.max(0, index - LIST_RADIUS);
  const end = Math.min(list.length, index + LIST_RADIUS + 1);
  return html`
    <ol id="list">
      ${start > 0 &&
        html`<li key="before" class="soft">${start} more before</li>`}
      ${list.slice(start, end).map((row) =>
        html`
          <li key=${row.id}>
            <button
              type="button"
              class=${`entry ${
                row.label === null ? row.reviewReason ?? "" : ""
              }`}
              title=${row.file}
              tabindex=${row.id === selected ? 0 : -1}
              aria-current=${row.id === selected ? "true" : undefined}
              onClick=${() => actions.show(row.id)}
            >
              <span class="name">${fileName(row.file)}</span>
              <span class="summary">${summarize(row)}</span>
            </button>
          </li>
        `
      )}
      ${end < list.length &&
        html`<li key="after" class="soft">${list.length - end} more after</li>`}
    </ol>
  `;
}

/** @param {ReviewRow} row */
function summarize({ label, reviewReason, answer, claim }) {
  if (label !== null) return `✓ ${label}`;
  if (reviewReason === "conflict") return `${answer} ≠ ${claim ?? "header"}`;
  return reviewReason === "unusable" ? `${answer}, unusable` : answer;
}

/** Frames of each type to compare with. */
const SIMILAR_FRAMES = 3;

/** @param {View} view */
function Similar({ row, all, actions }) {
  return (row === null ? [] : typesToCompare(row)).map((type) => {
    const frames = similarFrames(
      all,
      /** @type {ReviewRow} */ (row),
      type,
      SIMILAR_FRAMES,
    );
    return html`
      <section key=${type}>
        <h3>Compare: ${type}</h3>
        ${frames.map(({ id, imageVersion, file }) =>
          html`
            <button
              key=${`${id} ${imageVersion}`}
              type="button"
              class="similar"
              title=${file}
              onClick=${() => actions.show(id)}
            >
              <img src=${`image/${id}/${imageVersion}/0`} alt="" width="650" height="210" />
              <span>${fileName(file)}</span>
            </button>
          `
        )}
        ${frames.length === 0 &&
          html`<p class="soft">No other certain frame.</p>`}
      </section>
    `;
  });
}

/** @param {View} view */
function Help({ letters, actions }) {
  // Otherwise the checkbox keeps the focus for a moment, and receives a quick next key.
  const onCancel = () =>
    /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
  return html`
    <dialog aria-labelledby="help" onCancel=${onCancel}>
      <h2 id="help">Keys</h2>
      <dl>
        ${HELP.map(([keys, text]) =>
          html`
            <dt><kbd>${keys}</kbd></dt>
            <dd>${text}</dd>
          `
        )}
      </dl>
      <p>
        <label>
          <input
            type="checkbox"
            checked=${letters}
            onChange=${() => actions.setLetters(!letters)}
          />
          ${" single letters are shortcuts"}
        </label>
      </p>
      <form method="dialog"><button type="submit">Close</button></form>
    </dialog>
  `;
}
