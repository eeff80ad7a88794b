// @ts-check
/// <reference lib="dom" />
import { fetchDetails, followChanges, LabelSaver } from "./api.js";
import {
  frameAtOffset,
  matchesFilter,
  nextUnlabelled,
  selectFrames,
} from "./frames.js";
import { findShortcut } from "./keys.js";
import { html, render } from "./preact.js";
import { App, fileName } from "./view.js";

/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {import("./frames.js").Filter} Filter */

const { paths = "", labelsFile = "", filter } = document.body.dataset;

/** Rows as the server sent them, by id. @type {Map<number, ReviewRow>} */
const rows = new Map();
/** Ids by path. @type {Map<string, number>} */
const ids = new Map();
/** Labels given in this window, with the label before. @type {{ id: number, before: ReviewRow["label"] }[]} */
const history = [];

const state = {
  filter: /** @type {Filter} */ (filter === "all" ? "all" : "review"),
  /** Id of the frame that is shown. @type {number | null} */
  selected: null,
  /** Plots and header cards of that frame. @type {{ key: string, loaded: import("./api.js").Details | null }} */
  details: { key: "", loaded: null },
  /** Number of frames still to be classified. */
  waiting: 0,
  labelsError: "",
  connectionProblem: "",
  saveProblem: "",
  /** A message that disappears after some seconds. */
  message: "",
  /** Text for screen readers. */
  announcement: "",
  /** Whether single letters are shortcuts. */
  letters: true,
};

/** @param {Partial<typeof state>} changes */
function update(changes) {
  Object.assign(state, changes);
  draw();
}

const saver = new LabelSaver({
  labelsFile,
  findRow: (file) => rows.get(ids.get(file) ?? -1),
  onSaved: addRow,
  onStatus: (_, saveProblem) => update({ saveProblem }),
});

/** Adds a row, unless a newer version has arrived before. @param {ReviewRow} row */
function addRow(row) {
  if ((rows.get(row.id)?.version ?? 0) > row.version) return;
  rows.set(row.id, row);
  ids.set(row.file, row.id);
}

/** Returns the label of a frame, saved or not. @param {ReviewRow} row */
function labelOf(row) {
  const unsaved = saver.find(row.file);
  return unsaved === undefined ? row.label : unsaved;
}

/** Returns all rows with their labels, saved or not. */
function currentRows() {
  return Array.from(rows.values(), (row) => ({ ...row, label: labelOf(row) }));
}

function currentList() {
  return selectFrames(currentRows(), state.filter);
}

/** Selects a frame if none is selected, loads its details, and returns what the page shows. */
function makeView() {
  const all = currentRows();
  const list = selectFrames(all, state.filter);
  state.selected ??= (nextUnlabelled(list, null) ?? list[0])?.id ?? null;
  const row = all.find(({ id }) => id === state.selected) ?? null;
  loadDetails(row);
  const toReview = selectFrames(all, "review");
  const counts = {
    review: toReview.length,
    left: toReview.filter(({ label }) => label === null).length,
    all: all.length,
    labelled: selectFrames(all, "labelled").length,
    unsaved: saver.count,
  };
  const isUnsaved = row !== null && saver.find(row.file) !== undefined;
  return {
    ...state,
    paths,
    labelsFile,
    all,
    list,
    row,
    counts,
    isUnsaved,
    actions,
  };
}

/** @typedef {ReturnType<typeof makeView>} View */

function draw() {
  const view = makeView();
  const { left } = view.counts;
  document.title = `${left === 0 ? "" : `(${left}) `}spit review`;
  render(html`<${App} ...${view} />`, document.body);
  scrollListToSelected();
}

/** @param {ReviewRow | null} row */
async function loadDetails(row) {
  const key = row === null ? "" : `${row.id} ${row.imageVersion}`;
  if (state.details.key === key) return;
  state.details = { key, loaded: null };
  if (row === null) return;
  const loaded = await fetchDetails(row.id);
  if (state.details.key === key) update({ details: { key, loaded } });
}

/** Scrolls the list only: the page stays where the user looks. */
function scrollListToSelected() {
  const list = document.querySelector("nav");
  const entry = list?.querySelector("[aria-current]")?.getBoundingClientRect();
  if (!list || !entry) return;
  const { top, bottom } = list.getBoundingClientRect();
  if (entry.top < top) list.scrollTop -= top - entry.top;
  if (entry.bottom > bottom) list.scrollTop += entry.bottom - bottom;
}

/** @param {number} id */
function show(id) {
  const row = rows.get(id);
  update({
    selected: id,
    announcement: row === undefined
      ? ""
      : `${fileName(row.file)}: ${row.answer}: ${row.explanation}`,
  });
  // Its image is made while the user looks at this one.
  const next = nextUnlabelled(currentList(), id);
  if (next) new Image().src = `image/${next.id}/${next.imageVersion}/0`;
}

function showNext() {
  const list = currentList();
  const next = state.filter === "labelled"
    ? frameAtOffset(list, state.selected, 1)
    : nextUnlabelled(list, state.selected);
  if (next === undefined) update({ announcement: "This was the last frame." });
  else show(next.id);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let messageTimer;

/** @param {string} message */
function showMessage(message) {
  clearTimeout(messageTimer);
  messageTimer = setTimeout(() => update({ message: "" }), 6000);
  update({ message });
}

/** @type {import("./keys.js").Actions} */
const actions = {
  label(label) {
    const row = rows.get(state.selected ?? -1);
    if (row === undefined) return;
    history.push({ id: row.id, before: labelOf(row) });
    saver.save(row.file, label);
    showNext();
  },
  accept() {
    const type = rows.get(state.selected ?? -1)?.type ?? null;
    if (type !== null && type !== "unknown") actions.label(type);
    else showMessage("There is no type to accept: choose one, or u for none.");
  },
  skip: showNext,
  undo() {
    const last = history.pop();
    const row = last && rows.get(last.id);
    if (!last || !row) {
      return showMessage("There is nothing to undo in this window.");
    }
    saver.save(row.file, last.before);
    if (!matchesFilter({ ...row, label: last.before }, state.filter)) {
      state.filter = "all";
    }
    show(row.id);
  },
  move(offset) {
    const row = frameAtOffset(currentList(), state.selected, offset);
    if (row !== undefined) show(row.id);
  },
  help() {
    document.querySelector("dialog")?.showModal();
  },
  show,
  filter(filter) {
    const row = currentRows().find(({ id }) => id === state.selected);
    const isListed = row !== undefined && matchesFilter(row, filter);
    update({ filter, selected: isListed ? state.selected : null });
  },
  setLetters: (letters) => update({ letters }),
};

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") !== null) return;
  const action = findShortcut(event, actions, state.letters);
  if (action === null) return;
  event.preventDefault();
  action();
});
document.addEventListener("click", ({ detail, target }) => {
  // After a mouse click, Enter and the space bar are shortcuts again.
  const button = target instanceof Element ? target.closest("button") : null;
  if (detail > 0) button?.blur();
});
addEventListener("beforeunload", (event) => {
  if (saver.count > 0) event.preventDefault();
});

draw();
followChanges((changes) => {
  changes.rows.forEach(addRow);
  const { waiting, labelsError } = changes;
  update({ waiting, labelsError });
  saver.resume();
}, (connectionProblem) => update({ connectionProblem }));
