// @ts-check
/// <reference lib="dom" />
/**
 * The review page at work.
 *
 * @module
 */
import { byId, html, nameOf } from "./element.js";
import { follow } from "./follow.js";
import { isLeft, nextToDo, stepFrom, walked } from "./frames.js";
import { listen } from "./keys.js";
import { startSaving } from "./saving.js";
import { showFrame, showNoFrame } from "./show_frame.js";
import { showList } from "./show_list.js";
import { showNeighbours } from "./show_neighbours.js";

/** @typedef {import("../review_row.ts").ReviewRow} ReviewRow */
/** @typedef {import("./frames.js").Filter} Filter */

/** What the server says of each frame. @type {Map<number, ReviewRow>} */
const rows = new Map();
/** @type {Map<string, number>} */
const ids = new Map();
/** What was labelled here, and what it was before. @type {{ id: number, was: ReviewRow["label"] }[]} */
const done = [];
/** @type {Filter} */
let filter = document.body.dataset.filter === "all" ? "all" : "doubtful";
/** @type {number | null} */
let shown = null;
let waiting = 0;

const saving = startSaving({
  labels: document.body.dataset.labels ?? "",
  rowOf: (file) => rows.get(ids.get(file) ?? -1),
  saved(row) {
    take(row);
    draw();
  },
  tell: tellSaving,
});

/**
 * Rows come in answers that may overtake each other: the newest counts.
 *
 * @param {ReviewRow} row
 */
function take(row) {
  if ((rows.get(row.id)?.version ?? 0) > row.version) return;
  rows.set(row.id, row);
  ids.set(row.file, row.id);
}

/** All frames, with the labels that are on their way. */
function current() {
  return Array.from(
    rows.values(),
    (row) => ({ ...row, label: saving.labelOf(row) }),
  );
}

function draw() {
  const all = current();
  const list = walked(all, filter);
  if (shown === null) shown = (nextToDo(list, null) ?? list[0])?.id ?? null;
  const row = all.find(({ id }) => id === shown);
  byId("frame").hidden = row === undefined;
  byId("nothing").hidden = row !== undefined;
  if (row === undefined) showNoFrame();
  else showFrame(row, saving.isUnsaved(row));
  showList(list, shown, go);
  showNeighbours(row, all, go);
  drawProgress(all);
}

/** @param {readonly ReviewRow[]} all */
function drawProgress(all) {
  const doubtful = all.filter(({ doubt }) => doubt !== null);
  const left = doubtful.filter(({ label }) => label === null).length;
  byId("typed").textContent = waiting === 0
    ? `${all.length} frames typed`
    : `${all.length} of ${all.length + waiting} frames typed`;
  byId("left").textContent = `${left} of ${doubtful.length} doubtful left`;
  const bar = /** @type {HTMLProgressElement} */ (byId("bar"));
  bar.max = Math.max(1, doubtful.length);
  bar.value = doubtful.length - left;
  document.title = `${left === 0 ? "" : `(${left}) `}spit review`;
  byId("nothing").textContent = waiting > 0
    ? "Frames are being typed …"
    : filter === "doubtful"
    ? "Nothing is in doubt. “All” shows every frame."
    : "There is nothing to show.";
  for (const button of document.querySelectorAll("[data-show]")) {
    const name = /** @type {Filter} */ (button.getAttribute("data-show"));
    button.setAttribute("aria-pressed", String(name === filter));
    const count = all.filter((row) => isLeft(row, name)).length;
    button.querySelector(".count")?.replaceChildren(String(count));
  }
}

/** @param {number} id */
function go(id) {
  shown = id;
  draw();
  const row = rows.get(id);
  if (row === undefined) return;
  const { file, type, claim } = row;
  byId("spoken").textContent = `${nameOf(file)}: pixels say ${
    type ?? "nothing"
  }, header says ${claim ?? "nothing"}`;
  const next = nextToDo(walked(current(), filter), id);
  // Its input image is made while this one is looked at.
  if (next) new Image().src = `inputImage/${next.id}/${next.typing}/0`;
}

/** @param {ReviewRow["label"]} label */
function give(label) {
  const row = rows.get(shown ?? -1);
  if (row === undefined) return;
  done.push({ id: row.id, was: saving.labelOf(row) });
  saving.save(row, label);
  goOn();
}

function goOn() {
  const list = walked(current(), filter);
  const next = filter === "labelled"
    ? stepFrom(list, shown, 1)
    : nextToDo(list, shown);
  if (next === undefined) byId("spoken").textContent = "That was the last one.";
  if (next === undefined) draw();
  else go(next.id);
}

const actions = {
  label: give,
  accept() {
    const type = rows.get(shown ?? -1)?.type ?? null;
    if (type === null || type === "unknown") {
      say("The pixels give no type to accept: choose one, or u for none.");
    } else give(type);
  },
  skip: goOn,
  undo() {
    const last = done.pop();
    const row = last && rows.get(last.id);
    if (!last || !row) return say("There is nothing to undo in this window.");
    saving.save(row, last.was);
    if (!isLeft({ ...row, label: last.was }, filter)) filter = "all";
    go(row.id);
  },
  /** @param {number} steps */
  step(steps) {
    const row = stepFrom(walked(current(), filter), shown, steps);
    if (row !== undefined) go(row.id);
  },
  help: () => /** @type {HTMLDialogElement} */ (byId("help")).showModal(),
};

/** @param {string} text */
function say(text) {
  byId("said").replaceChildren(text);
  setTimeout(() => byId("said").replaceChildren(), 6000);
}

/**
 * @param {number} count
 * @param {string} trouble
 */
function tellSaving(count, trouble) {
  const labels = count === 1 ? "1 label" : `${count} labels`;
  byId("saving").className = trouble === "" ? "" : "trouble";
  byId("saving").textContent = trouble !== ""
    ? `${labels} NOT saved: ${trouble}`
    : count === 0
    ? "All labels are saved"
    : `Saving ${labels} …`;
}

for (const button of document.querySelectorAll("[data-label]")) {
  const label = /** @type {ReviewRow["label"]} */ (
    button.getAttribute("data-label")
  );
  button.addEventListener("click", () => give(label));
}
for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => {
    filter = /** @type {Filter} */ (button.getAttribute("data-show"));
    const row = current().find(({ id }) => id === shown);
    if (row === undefined || !isLeft(row, filter)) shown = null;
    draw();
  });
}
for (const name of /** @type {const} */ (["accept", "skip", "undo", "help"])) {
  byId(`do-${name}`).addEventListener("click", actions[name]);
}
byId("help").addEventListener("cancel", () => {
  // Left alone, the box in it keeps the focus until the page is next drawn, and takes a
  // quick next key for itself.
  /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
});
document.addEventListener("click", ({ detail, target }) => {
  // Enter and the space bar go on with the frames after a click with the mouse.
  const button = target instanceof Element ? target.closest("button") : null;
  if (detail > 0) button?.blur();
});
globalThis.addEventListener("beforeunload", (event) => {
  if (saving.waiting() > 0) event.preventDefault();
});

const letters = /** @type {HTMLInputElement} */ (byId("letters"));
listen(actions, () => letters.checked);

follow((changes) => {
  changes.rows.forEach(take);
  waiting = changes.waiting;
  byId("fault").replaceChildren(
    changes.fault === "" ? "" : html("p", {}, changes.fault),
  );
  saving.goOn();
  draw();
}, (trouble) => byId("trouble").replaceChildren(trouble));
