// @ts-check
/// <reference lib="dom" />
import {
  fetchDetails,
  followChanges,
  ImageLoader,
  LabelSaver,
  retryDelay,
} from "./api.js";
import {
  frameAtOffset,
  listValues,
  matchesFilter,
  neighboursInTime,
  nextUnlabelled,
  NO_FILTER,
  PROPERTIES,
  selectAlike,
  selectFrames,
  selectRun,
  similarFrames,
  typesToCompare,
} from "./frames.js";
import { findShortcut } from "./keys.js";
import { html, render } from "./preact.js";
import { App, describeLabels, fileName, imageAddress } from "./view.js";

/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {import("./api.js").Details} Details */
/** @typedef {import("./frames.js").Filter} Filter */
/** @typedef {ReviewRow["label"]} Label */

const { paths = "", labelsFile = "", command = "", filter } =
  document.body.dataset;

/** Rows as the server sent them, by id. @type {Map<number, ReviewRow>} */
const rows = new Map();
/** Ids by path. @type {Map<string, number>} */
const ids = new Map();
/**
 * What was labelled in this window, with the labels before; one step for all labels that
 * were given at once.
 *
 * @type {{ shown: number | null, before: { id: number, label: Label }[] }[]}
 */
const history = [];
/** Plots and header cards by frame and version, those used last at the end. @type {Map<string, Details>} */
const kept = new Map();
/** Frames whose plots and header cards are kept. */
const KEPT_DETAILS = 200;

/** Frames that are shown before and after in time. */
const NEIGHBOURS = 2;
/** Frames of each type to compare with. */
const SIMILAR_FRAMES = 3;

const state = {
  filter: readFilter(),
  /** Whether a phone shows the filters. */
  filtersShown: false,
  /** Id of the frame that is shown. @type {number | null} */
  selected: null,
  /** Ids of the frames that are labelled together; empty for the one that is shown. @type {readonly number[]} */
  selection: [],
  /** Id of the frame from which a run is selected. @type {number | null} */
  anchor: null,
  /** Plots and header cards of the frame that is shown. @type {{ key: string, loaded: Details | null }} */
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

/** Reads the filter from the address, so that it outlasts a reload. @returns {Filter} */
function readFilter() {
  const given = new URLSearchParams(location.hash.slice(1));
  const names = /** @type {(keyof Filter)[]} */ (Object.keys(NO_FILTER));
  const read = names.map((name) => [name, given.get(name) ?? NO_FILTER[name]]);
  const group = given.get("group") ?? (filter === "all" ? "all" : "review");
  return { ...Object.fromEntries(read), group };
}

/** @param {Filter} filter */
function keepFilter(filter) {
  const given = Object.entries(filter).filter(([, value]) => value !== "");
  const hash = `#${new URLSearchParams(given)}`;
  globalThis.history.replaceState(null, "", hash);
}

/** @param {Partial<typeof state>} changes */
function update(changes) {
  Object.assign(state, changes);
  draw();
}

const images = new ImageLoader(draw);

const saver = new LabelSaver({
  labelsFile,
  findRow: (file) => rows.get(ids.get(file) ?? -1),
  onSaved: addRow,
  onStatus: (saveProblem) => update({ saveProblem }),
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

/** Returns all rows with their labels, saved or not, by need of review. */
function currentRows() {
  const labelled = Array.from(
    rows.values(),
    (row) => ({ ...row, label: labelOf(row) }),
  );
  return selectFrames(labelled, NO_FILTER);
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
  const toReview = all.filter(({ reviewReason }) => reviewReason !== null);
  const counts = {
    review: toReview.length,
    left: toReview.filter(({ label }) => label === null).length,
    all: all.length,
    labelled: all.filter(({ label }) => label !== null).length,
    unsaved: saver.count,
  };
  return {
    ...state,
    paths,
    labelsFile,
    command,
    all,
    list,
    row,
    counts,
    properties: PROPERTIES.map((property) => ({
      property,
      values: listValues(all, state.filter, property),
    })),
    alike: row === null ? 0 : selectAlike(list, row).length,
    neighbours: row === null ? [] : neighboursInTime(all, row, NEIGHBOURS),
    similar: row === null ? [] : typesToCompare(row).map((type) => ({
      type,
      frames: similarFrames(all, row, type, SIMILAR_FRAMES),
    })),
    isUnsaved: row !== null && saver.find(row.file) !== undefined,
    findImage: (/** @type {string} */ address) => images.find(address),
    actions,
  };
}

/** @typedef {ReturnType<typeof makeView>} View */

function draw() {
  const view = makeView();
  const { left } = view.counts;
  document.title = `${left === 0 ? "" : `(${left}) `}spit review`;
  render(html`<${App} ...${view} />`, document.body);
  images.want(listImages(view));
  scrollListToSelected();
}

/** Lists the images of the page, those of the frame first, and that of the next frame. @param {View} view */
function listImages({ row, list, neighbours, similar }) {
  if (row === null) return [];
  const next = nextUnlabelled(list, row.id);
  return [
    ...row.hdus.map((_, k) => imageAddress(row, k)),
    ...[
      ...(next ? [next] : []),
      ...neighbours,
      ...similar.flatMap(({ frames }) => frames),
    ].filter(({ hdus }) => hdus.length > 0).map((one) => imageAddress(one, 0)),
  ];
}

/** @param {ReviewRow | null} row */
async function loadDetails(row) {
  const key = row === null ? "" : `${row.id} ${row.imageVersion}`;
  if (state.details.key === key) return;
  state.details = { key, loaded: kept.get(key) ?? null };
  if (row === null || state.details.loaded !== null) return;
  let loaded = null;
  while (loaded === null) {
    if (state.details.key !== key) return;
    loaded = await fetchDetails(row.id);
    if (loaded === null) await retryDelay();
  }
  kept.set(key, loaded);
  for (const [oldest] of kept) {
    if (kept.size <= KEPT_DETAILS) break;
    kept.delete(oldest);
  }
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

/** Shows a frame, and selects none. @param {number} id */
function show(id) {
  showSelected(id, [], null);
}

/**
 * Shows a frame and selects some.
 *
 * @param {number} id
 * @param {readonly number[]} selection
 * @param {number | null} anchor
 */
function showSelected(id, selection, anchor) {
  const row = rows.get(id);
  const text = row === undefined
    ? ""
    : `${fileName(row.file)}: ${row.answer}: ${row.explanation}`;
  update({
    selected: id,
    selection: selection.length > 1 ? selection : [],
    anchor,
    announcement: selection.length > 1
      ? `${selection.length} frames selected; ${text}`
      : text,
  });
}

function showNext() {
  const list = currentList();
  const next = state.filter.group === "labelled"
    ? frameAtOffset(list, state.selected, 1)
    : nextUnlabelled(list, state.selected);
  if (next !== undefined) return show(next.id);
  update({
    selection: [],
    anchor: null,
    announcement: "This was the last frame.",
  });
  document.querySelector("#done")?.scrollIntoView({ block: "nearest" });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let messageTimer;

/** @param {string} message */
function showMessage(message) {
  clearTimeout(messageTimer);
  messageTimer = setTimeout(() => update({ message: "" }), 6000);
  update({ message });
}

/** Returns the listed frames that a label is for. */
function labelledFrames() {
  const { selection, selected } = state;
  const wanted = selection.length > 0 ? selection : [selected];
  return currentList().filter(({ id }) => wanted.includes(id));
}

/**
 * Gives labels as one step, and shows the next frame.
 *
 * @param {readonly { row: ReviewRow, label: Label }[]} labels
 */
function giveLabels(labels) {
  history.push({
    shown: state.selected,
    before: labels.map(({ row }) => ({ id: row.id, label: row.label })),
  });
  saver.save(labels.map(({ row, label }) => ({ file: row.file, label })));
  if (labels.length > 1) {
    const given = describeLabels(labels.map(({ label }) => label));
    showMessage(`${labels.length} frames labelled: ${given}. z undoes this.`);
  }
  showNext();
}

/** @type {import("./keys.js").Actions} */
const actions = {
  label(label) {
    const frames = labelledFrames();
    if (frames.length === 0) return;
    giveLabels(frames.map((row) => ({ row, label })));
  },
  accept() {
    const frames = labelledFrames();
    const labels = frames.flatMap((row) =>
      row.type === null || row.type === "unknown"
        ? []
        : [{ row, label: row.type }]
    );
    if (labels.length < frames.length) {
      showMessage(
        frames.length === 1
          ? "There is no type to accept: choose one, or u for none."
          : `${
            frames.length - labels.length
          } of the selected frames have no type to accept: choose one for all, or select others.`,
      );
    } else if (labels.length > 0) giveLabels(labels);
  },
  skip: showNext,
  undo() {
    const last = history.pop();
    if (last === undefined) {
      return showMessage("There is nothing to undo in this window.");
    }
    const { shown, before } = last;
    const undone = before.flatMap(({ id, label }) => {
      const row = rows.get(id);
      return row === undefined ? [] : [{ ...row, label }];
    });
    saver.save(undone);
    if (!undone.every((row) => matchesFilter(row, state.filter))) {
      state.filter = { ...NO_FILTER, order: state.filter.order };
      keepFilter(state.filter);
    }
    if (undone.length > 1) {
      showMessage(
        `The labels of ${undone.length} frames are as before. They are selected again.`,
      );
    }
    const ids = undone.map(({ id }) => id);
    const first = shown !== null && ids.includes(shown) ? shown : ids[0];
    if (first !== undefined) showSelected(first, ids, first);
  },
  move(offset, isExtending) {
    const row = frameAtOffset(currentList(), state.selected, offset);
    if (row === undefined) return;
    if (isExtending) actions.selectTo(row.id);
    else show(row.id);
  },
  selectTo(id) {
    const anchor = state.anchor ?? state.selected;
    showSelected(id, selectRun(currentList(), anchor, id), anchor);
  },
  toggle(id) {
    const { selection, selected } = state;
    const others = selection.length === 0 && selected !== null
      ? [selected]
      : selection;
    const isIn = others.includes(id);
    const ids = isIn ? others.filter((one) => one !== id) : [...others, id];
    showSelected(isIn ? ids.at(-1) ?? id : id, ids, id);
  },
  selectAlike() {
    const list = currentList();
    const row = list.find(({ id }) => id === state.selected);
    if (row === undefined) return;
    const ids = selectAlike(list, row);
    if (ids.length > 1) showSelected(row.id, ids, row.id);
    else showMessage("The list has no other frame like this one.");
  },
  selectNone: () => update({ selection: [], anchor: null }),
  help() {
    document.querySelector("dialog")?.showModal();
  },
  show,
  filter(changes) {
    let filter = { ...state.filter, ...changes };
    const all = currentRows();
    const isEmpty = selectFrames(all, filter).length === 0;
    if (isEmpty && changes.group === undefined) {
      filter = { ...filter, group: "all" };
    }
    const row = all.find(({ id }) => id === state.selected);
    const isListed = row !== undefined && matchesFilter(row, filter);
    keepFilter(filter);
    update({
      filter,
      selected: isListed ? state.selected : null,
      selection: [],
      anchor: null,
    });
  },
  toggleFilters: () => update({ filtersShown: !state.filtersShown }),
  setLetters: (letters) => update({ letters }),
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      showMessage("Copied.");
    } catch {
      showMessage("The browser does not allow to copy: select the text.");
    }
  },
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
/** Whether a filter was opened by the pointer, after which the letters are shortcuts again. */
let isPointed = false;
document.addEventListener("pointerdown", () => isPointed = true);
document.addEventListener("keydown", () => isPointed = false, true);
document.addEventListener("change", ({ target }) => {
  if (isPointed && target instanceof HTMLSelectElement) target.blur();
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
