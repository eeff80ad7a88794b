// @ts-check
/// <reference lib="dom" />
/** @typedef {NonNullable<import("../session.ts").ReviewRow["label"]>} Label */

/**
 * @typedef {object} Actions
 * @property {(label: Label) => void} label Labels the selected frames, or else the one that is shown.
 * @property {() => void} accept Labels each of them with the type of its answer.
 * @property {() => void} skip Goes to the next frame without a label.
 * @property {() => void} undo Takes back the last label, or all labels that were given at once.
 * @property {(offset: number, isExtending: boolean) => void} move
 * @property {() => void} selectAlike Selects the listed frames of the same set.
 * @property {() => void} selectNone
 * @property {() => void} help
 * @property {(id: number) => void} show
 * @property {(id: number) => void} selectTo Selects the run from the frame that is shown to another.
 * @property {(id: number) => void} toggle Adds a frame to the selection, or removes it.
 * @property {(changes: Partial<import("./frames.js").Filter>) => void} filter
 * @property {() => void} toggleFilters Shows or hides the filters on a phone.
 * @property {(text: string) => void} copy Copies a text to the clipboard.
 * @property {(letters: boolean) => void} setLetters Switches single letters on or off.
 */

/** Labels and their keys. @type {readonly (readonly [Label, string])[]} */
export const LABEL_KEYS = [
  ["bias", "b"],
  ["dark", "d"],
  ["arc", "a"],
  ["flat", "f"],
  ["science", "s"],
  ["standard", "t"],
  ["other", "u"],
];

export const HELP = [
  ["b d a f s t", "bias, dark, arc, flat, science, standard"],
  ["u", "other: a frame that must get no type (imaging, a dead lamp)"],
  ["Enter", "accept the answer"],
  ["Space", "skip to the next frame without a label"],
  ["z, Backspace", "undo the last label, or all labels given at once"],
  ["← → ↑ ↓", "previous or next frame; Page up, Page down: ten frames"],
  [
    "Shift ↑ ↓",
    "select a run of frames, which one key labels; also Shift and a click; Ctrl and a click: single frames",
  ],
  [
    "l",
    "select all frames of the list that are like this one: same night, configuration and type",
  ],
  ["Escape", "select none; leave a filter"],
  ["?", "open this help; Escape closes it"],
];

/** @type {Readonly<Record<string, number>>} */
const OFFSETS = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
  PageUp: -10,
  PageDown: 10,
  Home: -Infinity,
  End: Infinity,
};

/**
 * Returns what a key does; `null` for nothing. A focused button keeps Enter and the
 * space bar, a box that scrolls keeps its arrow keys, and a filter keeps all keys.
 *
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 * @param {boolean} letters Whether single letters are shortcuts; people who use
 *   speech input switch them off.
 * @returns {(() => void) | null}
 */
export function findShortcut(event, actions, letters) {
  const { key, target, repeat, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (ctrlKey || metaKey || altKey) return null;
  const focused = target instanceof Element ? target : document.body;
  if (focused instanceof HTMLSelectElement) {
    return key === "Escape" ? () => focused.blur() : null;
  }
  const offset = OFFSETS[key];
  if (offset !== undefined) {
    return focused.closest("[data-scrolls], input") === null
      ? () => actions.move(offset, shiftKey)
      : null;
  }
  // A key that is held down moves, but gives no labels.
  if (repeat) return null;
  if (key === "Enter" || key === " ") {
    if (focused.closest("button, summary, input, a") !== null) return null;
    return key === "Enter" ? actions.accept : actions.skip;
  }
  if (key === "Backspace") return actions.undo;
  if (key === "Escape") return actions.selectNone;
  if (!letters) return null;
  if (key === "?") return actions.help;
  const letter = key.toLowerCase();
  if (letter === "z") return actions.undo;
  if (letter === "l") return actions.selectAlike;
  const [label] = LABEL_KEYS.find(([, key]) => key === letter) ?? [];
  return label === undefined ? null : () => actions.label(label);
}
