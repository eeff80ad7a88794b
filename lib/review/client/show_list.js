// @ts-check
/// <reference lib="dom" />
/**
 * The list of frames.
 *
 * @module
 */
import { byId, html, nameOf } from "./element.js";

/** @typedef {import("../review_row.ts").ReviewRow} ReviewRow */

/** Frames on either side of the one that is shown: of ten thousand no more are drawn. */
const AROUND = 60;

/** What is drawn now. */
let drawn = "";

/**
 * Draws the frames around the one that is shown.
 *
 * @param {readonly ReviewRow[]} list
 * @param {number | null} id The one that is shown.
 * @param {(id: number) => void} go
 */
export function showList(list, id, go) {
  const here = Math.max(0, list.findIndex((row) => row.id === id));
  const first = Math.max(0, here - AROUND);
  const end = Math.min(list.length, here + AROUND + 1);
  const around = list.slice(first, end);
  const now = JSON.stringify([
    first,
    list.length - end,
    around.map((row) => [row.id, row.file, classOf(row), saysOf(row)]),
  ]);
  // A button that is drawn anew while the mouse is down on it loses its click.
  if (now !== drawn) {
    drawn = now;
    byId("list").replaceChildren(
      note(first, "before"),
      ...around.map((row) => html("li", {}, frameButton(row, go))),
      note(list.length - end, "after"),
    );
  }
  for (const button of byId("list").querySelectorAll("button")) {
    const isShown = button.dataset.id === String(id);
    button.tabIndex = isShown ? 0 : -1;
    if (isShown) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  keepInSight(byId("list"));
}

/**
 * Scrolls the list, and the list alone: the page stays where the observer looks.
 *
 * @param {HTMLElement} list
 */
function keepInSight(list) {
  const shown = list.querySelector("[aria-current]")?.getBoundingClientRect();
  const box = list.parentElement;
  if (shown === undefined || box === null) return;
  const { top, bottom } = box.getBoundingClientRect();
  if (shown.top < top) box.scrollTop -= top - shown.top;
  if (shown.bottom > bottom) box.scrollTop += shown.bottom - bottom;
}

/**
 * @param {number} count
 * @param {string} where
 * @returns {HTMLElement | ""}
 */
function note(count, where) {
  return count === 0
    ? ""
    : html("li", { class: "soft" }, `${count} more ${where} these`);
}

/**
 * @param {ReviewRow} row
 * @param {(id: number) => void} go
 */
function frameButton(row, go) {
  return html(
    "button",
    {
      type: "button",
      class: classOf(row),
      "data-id": row.id,
      title: row.file,
      click: () => go(row.id),
    },
    html("span", { class: "name" }, nameOf(row.file)),
    html("span", { class: "says" }, saysOf(row)),
  );
}

/** @param {ReviewRow} row */
function classOf({ label, doubt }) {
  return label === null && doubt !== null ? `entry ${doubt}` : "entry";
}

/**
 * @param {ReviewRow} row
 * @returns {string}
 */
function saysOf({ label, doubt, type, claim }) {
  if (label !== null) return `✓ ${label}`;
  if (doubt === "error") return "error";
  if (doubt === "conflict") return `${type} ≠ ${claim ?? "header"}`;
  return type ?? "";
}
