// @ts-check
/// <reference lib="dom" />
/**
 * Single keys.
 *
 * @module
 */

/** @typedef {import("../review_row.ts").ReviewRow} ReviewRow */

/**
 * What keys can do.
 *
 * @typedef {object} Actions
 * @property {(label: NonNullable<ReviewRow["label"]>) => void} label
 * @property {() => void} accept
 * @property {() => void} skip
 * @property {() => void} undo
 * @property {(steps: number) => void} step
 * @property {() => void} help
 */

/** @type {Readonly<Record<string, NonNullable<ReviewRow["label"]>>>} */
const LABELS = {
  b: "bias",
  d: "dark",
  a: "arc",
  f: "flat",
  s: "science",
  t: "standard",
  u: "other",
};

/** @type {Readonly<Record<string, number>>} */
const STEPS = {
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
 * Starts to listen. A button with the focus keeps Enter and the space bar, a
 * box to scroll its arrows; and who speaks to the machine can switch single keys
 * off.
 *
 * @param {Actions} actions
 * @param {() => boolean} isOn
 */
export function listen(actions, isOn) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const action = actionOf(event, actions, isOn());
    if (action === null) return;
    event.preventDefault();
    action();
  });
}

/**
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 * @param {boolean} letters Whether letters count.
 * @returns {(() => void) | null}
 */
function actionOf({ key, target, repeat }, actions, letters) {
  const focused = target instanceof Element ? target : document.body;
  const steps = STEPS[key];
  if (steps !== undefined) {
    return focused.closest("[data-scrolls], input") === null
      ? () => actions.step(steps)
      : null;
  }
  // A key that is held down walks, but gives no labels.
  if (repeat) return null;
  if (key === "Enter" || key === " ") {
    if (focused.closest("button, summary, input, a") !== null) return null;
    return key === "Enter" ? actions.accept : actions.skip;
  }
  if (key === "Backspace") return actions.undo;
  if (!letters) return null;
  if (key === "?") return actions.help;
  if (key.toLowerCase() === "z") return actions.undo;
  const label = LABELS[key.toLowerCase()];
  return label === undefined ? null : () => actions.label(label);
}
