// @ts-check
/// <reference lib="dom" />
import { NO_FILTER } from "./frames.js";
import { HELP, LABEL_KEYS } from "./keys.js";
import { html } from "./preact.js";

/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {import("./api.js").Details} Details */
/** @typedef {import("./frames.js").Group} Group */
/** @typedef {import("./frames.js").Property} Property */
/** @typedef {import("./app.js").View} View */

/** @param {string} file */
export function fileName(file) {
  return file.replace(/^.*[/\\]/, "");
}

/**
 * Returns the address of an input image.
 *
 * @param {ReviewRow} row
 * @param {number} index Index among the image HDUs.
 */
export function imageAddress({ id, imageVersion }, index) {
  return `image/${id}/${imageVersion}/${index}`;
}

/**
 * Counts labels, the most frequent first: `8 arc, 3 flat`.
 *
 * @param {readonly (string | null)[]} labels
 */
export function describeLabels(labels) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const label of labels) {
    const name = label ?? "none";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([, one], [, other]) => other - one)
    .map(([label, count]) => `${count} ${label}`).join(", ");
}

/** The whole page. @param {View} view */
export function App(view) {
  return html`
    <${Header} ...${view} />
    <main>
      <div id="shown">
        <${Done} ...${view} />
        ${view.row === null
          ? html`<${Empty} ...${view} />`
          : html`<${Frame} ...${view} />`}
      </div>
      <nav aria-label="Frames">
        <${List} ...${view} />
      </nav>
      <aside aria-label="Frames to compare with" id="similar">
        <${Neighbours} ...${view} />
        <${Similar} ...${view} />
      </aside>
    </main>
    <p class="unseen" role="status">${view.announcement}</p>
    <${Help} ...${view} />
  `;
}

/** @type {readonly (readonly [Group, string])[]} */
const GROUPS = [
  ["review", "Needs review"],
  ["all", "All"],
  ["labelled", "Labelled"],
];

/** @param {View} view */
function Header(view) {
  const { paths, filter, filtersShown, counts, waiting, actions } = view;
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
        <span class="groups" role="group" aria-label="Frames to show">
          ${GROUPS.map(([name, text]) =>
            html`
              <button
                type="button"
                aria-pressed=${name === filter.group}
                onClick=${() => actions.filter({ group: name })}
              >
                ${text} <span class="count">${counts[name]}</span>
              </button>
            `
          )}
        </span>
        <button
          type="button"
          class="fold"
          aria-expanded=${String(filtersShown)}
          aria-controls="filters"
          onClick=${actions.toggleFilters}
        >
          Filters
        </button>
        <button type="button" onClick=${actions.help}>Keys <kbd>?</kbd></button>
      </div>
      <div class="bar small">
        <${Filters} ...${view} />
        <${SaveStatus} ...${view} />
      </div>
      <${Problem} ...${view} />
    </header>
    <p id="message" role="status">${view.message}</p>
  `;
}

/** @type {Readonly<Record<Property, string>>} */
const NAMES = {
  type: "Type",
  configuration: "Configuration",
  finding: "Finding",
  night: "Night",
};

/** A filter of each property in which frames differ, and the order. @param {View} view */
function Filters({ properties, filter, filtersShown, list, actions }) {
  const isFiltered = properties.some(({ property }) => filter[property] !== "");
  const choose =
    (/** @type {string} */ name) =>
    (/** @type {{ currentTarget: HTMLSelectElement }} */ { currentTarget }) =>
      actions.filter({ [name]: currentTarget.value });
  return html`
    <div
      id="filters"
      class=${filtersShown || isFiltered ? "" : "folded"}
      role="group"
      aria-label="Filters"
    >
      ${properties.map(({ property, values }) =>
        (values.length > (property === "finding" ? 0 : 1) ||
          filter[property] !== "") &&
        html`
          <label key=${property}>
            ${NAMES[property]}
            <select
              name=${property}
              class=${filter[property] === "" ? "" : "set"}
              value=${filter[property]}
              onChange=${choose(property)}
            >
              <option value="">any</option>
              ${values.map(({ value, count }) =>
                html`
                  <option key=${value} value=${value}>
                    ${`${value} (${count})`}
                  </option>
                `
              )}
            </select>
          </label>
        `
      )}
      <label key="order">
        Order
        <select name="order" value=${filter.order} onChange=${choose("order")}>
          <option value="need">need</option>
          <option value="time">time</option>
        </select>
      </label>
      ${isFiltered &&
        html`
          <span key="clear" class="clear">
            <span id="count">${list.length} listed</span>
            <button
              type="button"
              onClick=${() => {
                const { type, configuration, finding, night } = NO_FILTER;
                actions.filter({ type, configuration, finding, night });
              }}
            >
              Clear
            </button>
          </span>
        `}
    </div>
  `;
}

/** @param {View} view */
function SaveStatus({ counts, labelsFile, saveProblem, waiting }) {
  const labels = formatCount(counts.unsaved, "label");
  const isLate = saveProblem !== "" || waiting > 0;
  return html`
    <span class="status">
      <span class=${saveProblem === "" ? "saved" : "problem"} role="status">
        ${counts.unsaved === 0
          ? "All labels are saved"
          : isLate
          ? `${labels} not saved yet`
          : `Saving ${labels} …`}
      </span>
      <span class="soft named">in ${labelsFile}</span>
    </span>
  `;
}

/** One banner, which says each problem once. @param {View} view */
function Problem({ counts, connectionProblem, saveProblem, labelsError }) {
  const problem = connectionProblem || saveProblem;
  const isKept = problem !== "" && counts.unsaved > 0;
  return html`
    <div role="alert" id="problem">
      ${problem !== "" &&
        html`
          <p>
            ${problem}
            ${isKept &&
              ` This browser keeps ${
                formatCount(counts.unsaved, "unsaved label")
              }.`}
          </p>
        `}
      ${labelsError !== "" && html`<p>${labelsError}</p>`}
    </div>
  `;
}

/** @param {number} count @param {string} noun */
function formatCount(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** What to do when all frames that need review have a label. @param {View} view */
function Done({ counts, waiting, all, command, actions }) {
  if (waiting > 0 || counts.left > 0 || counts.all === 0) return null;
  const labels = all.filter(({ reviewReason }) => reviewReason !== null)
    .map(({ label }) => label);
  const names = [...new Set(all.map(({ spectrograph }) => spectrograph))]
    .filter((name) => name !== null).sort();
  const isPypeit = names.length > 0;
  const text = isPypeit
    ? names.map((name) =>
      `${command} --format pypeit --spectrograph ${name} -o redux`
    ).join("\n")
    : `${command} --format csv -o night.csv`;
  return html`
    <section id="done" aria-labelledby="done-heading">
      <h2 id="done-heading">
        ${labels.length === 0
          ? "No frame needs review"
          : labels.length === 1
          ? "The doubtful frame is reviewed"
          : `All ${labels.length} doubtful frames are reviewed`}
        ${labels.length > 0 &&
          html`${": "}<span class="soft">${describeLabels(labels)}</span>`}
      </h2>
      <p>
        ${isPypeit
          ? "Next, write the PypeIt files:"
          : "Next, write the table of the night with your labels:"}
      </p>
      <div class="command">
        <pre tabindex="0" data-scrolls role="region"
          aria-label="Command">${text}</pre>
        <button type="button" onClick=${() => actions.copy(text)}>Copy</button>
      </div>
    </section>
  `;
}

/** @param {View} view */
function Empty({ waiting, filter, counts }) {
  const text = counts.all > 0 && filter.group !== "review"
    ? "No frame matches the filters."
    : waiting > 0
    ? "Classifying frames …"
    : filter.group === "review"
    ? "“All” shows every frame."
    : "There are no frames to show.";
  return html`<p id="empty">${text}</p>`;
}

/**
 * An input image, or its place while it is not loaded.
 *
 * @param {{ row: ReviewRow, index: number, alt: string, findImage: View["findImage"] }} props
 */
function InputImage({ row, index, alt, findImage }) {
  const source = findImage(imageAddress(row, index));
  return source
    ? html`<img src=${source} alt=${alt} width="650" height="210" />`
    : html`<span class="absent" />`;
}

/** @param {View & { row: ReviewRow }} view */
function Frame(view) {
  const { row, isUnsaved, details: { key, loaded }, actions, findImage } = view;
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
                <${InputImage}
                  row=${row}
                  index=${k}
                  alt=${`${name}, HDU ${hdu}: the input image of the network`}
                  findImage=${findImage}
                />
                ${row.hdus.length > 1 &&
                  html`<figcaption>HDU ${hdu}</figcaption>`}
              </figure>
            `
          )}
      </div>
      <${Verdict} row=${row} isUnsaved=${isUnsaved} />
      <${Selection} ...${view} />
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

/** The frames that a label is for, if there are several. @param {View & { row: ReviewRow }} view */
function Selection({ row, selection, alike, filter, actions }) {
  if (selection.length > 0) {
    return html`
      <p id="selection" class="set">
        <b>${selection.length} frames selected</b>
        <span>A label is given to all of them.</span>
        <button type="button" onClick=${actions.selectNone}>
          Select none <kbd>Esc</kbd>
        </button>
      </p>
    `;
  }
  if (alike < 2) return null;
  const set = [row.answer, row.configurations.join(", "), row.night ?? ""];
  const text = set.filter((part) => part !== "").join(" · ");
  return html`
    <p id="selection">
      <button type="button" onClick=${actions.selectAlike}>
        ${`Select all ${alike} like this`} <kbd>l</kbd>
      </button>
      <span class="soft">
        ${text}${filter.group === "review" ? " · needs review" : ""}
      </span>
    </p>
  `;
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
function List({ list, selected, selection, actions }) {
  const index = Math.max(0, list.findIndex(({ id }) => id === selected));
  const start = Math.max(0, index - LIST_RADIUS);
  const end = Math.min(list.length, index + LIST_RADIUS + 1);
  const choose = (
    /** @type {MouseEvent} */ event,
    /** @type {number} */ id,
  ) => {
    if (event.shiftKey) actions.selectTo(id);
    else if (event.ctrlKey || event.metaKey) actions.toggle(id);
    else actions.show(id);
  };
  return html`
    <ol id="list">
      ${start > 0 &&
        html`<li key="before" class="soft">${start} more before</li>`}
      ${list.slice(start, end).map((row) =>
        html`
          <li key=${row.id}>
            <button
              type="button"
              class=${`entry ${classOf(row)} ${
                row.label === null ? row.reviewReason ?? "" : ""
              }`}
              title=${row.file}
              tabindex=${row.id === selected ? 0 : -1}
              aria-current=${row.id === selected ? "true" : undefined}
              aria-pressed=${selection.length > 0
                ? selection.includes(row.id)
                : undefined}
              onClick=${(/** @type {MouseEvent} */ event) =>
                choose(event, row.id)}
            >
              <span class="name">${fileName(row.file)}</span>
              <${Summary} row=${row} time=${formatTime(row.mjd)} />
            </button>
          </li>
        `
      )}
      ${end < list.length &&
        html`<li key="after" class="soft">${list.length - end} more after</li>`}
    </ol>
  `;
}

/** The class that gives a frame the colour of its type. @param {ReviewRow} row */
function classOf({ label, type }) {
  return `t-${label ?? type ?? "error"}`;
}

/** Type and time in one line. @param {{ row: ReviewRow, time: string }} props */
function Summary({ row, time }) {
  return html`
    <span class="summary">
      <i class="dot" />
      <span>${summarize(row)}</span>
      <span class="time">${time}</span>
    </span>
  `;
}

/** @param {ReviewRow} row */
function summarize({ label, reviewReason, answer, claim }) {
  if (label !== null) return `✓ ${label}`;
  if (reviewReason === "conflict") return `${answer} ≠ ${claim ?? "header"}`;
  return reviewReason === "unusable" ? `${answer}, unusable` : answer;
}

/** Modified Julian date of 1970-01-01. */
const MJD_OF_UNIX_EPOCH = 40587;

/** Formats the time of day, UT: `03:14`. @param {number | null} mjd */
function formatTime(mjd) {
  if (mjd === null) return "";
  const date = new Date((mjd - MJD_OF_UNIX_EPOCH) * 86_400_000);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().slice(11, 16);
}

/**
 * Formats the time from one frame to another: `+4 min`, `−2.5 h`.
 *
 * @param {number | null} from Modified Julian date.
 * @param {number | null} to
 */
function formatGap(from, to) {
  if (from === null || to === null) return "";
  const minutes = 1440 * (to - from);
  const size = Math.abs(minutes);
  const text = size < 1
    ? `${Math.round(60 * size)} s`
    : size < 60
    ? `${Math.round(size)} min`
    : `${(size / 60).toFixed(1)} h`;
  return `${minutes < 0 ? "−" : "+"}${text}`;
}

/** The frames before and after in time. @param {View} view */
function Neighbours({ row, neighbours, findImage, actions }) {
  if (row === null || neighbours.length < 2) return null;
  return html`
    <section id="neighbours">
      <h3>Before and after</h3>
      <ol>
        ${neighbours.map((one) =>
          html`
            <li key=${one.id}>
              <button
                type="button"
                class=${`neighbour ${classOf(one)}`}
                title=${one.file}
                aria-current=${one.id === row.id ? "true" : undefined}
                onClick=${() => actions.show(one.id)}
              >
                <${InputImage} row=${one} index=${0} alt=""
                  findImage=${findImage} />
                <span class="name">${fileName(one.file)}</span>
                <${Summary}
                  row=${one}
                  time=${one.id === row.id
                    ? formatTime(row.mjd)
                    : formatGap(row.mjd, one.mjd)}
                />
              </button>
            </li>
          `
        )}
      </ol>
    </section>
  `;
}

/** @param {View} view */
function Similar({ similar, findImage, actions }) {
  return similar.map(({ type, frames }) =>
    html`
      <section key=${type}>
        <h3>Compare: ${type}</h3>
        ${frames.map((one) =>
          html`
            <button
              key=${`${one.id} ${one.imageVersion}`}
              type="button"
              class="similar"
              title=${one.file}
              onClick=${() => actions.show(one.id)}
            >
              <${InputImage} row=${one} index=${0} alt="" findImage=${findImage} />
              <span>${fileName(one.file)}</span>
            </button>
          `
        )}
        ${frames.length === 0 &&
          html`<p class="soft">No other certain frame.</p>`}
      </section>
    `
  );
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
