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
  byId("list").replaceChildren(
    note(first, "before"),
    ...list.slice(first, end).map((row) =>
      html("li", {}, frameButton(row, row.id === id, go))
    ),
    note(list.length - end, "after"),
  );
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
 * @param {boolean} isShown
 * @param {(id: number) => void} go
 */
function frameButton(row, isShown, go) {
  return html(
    "button",
    {
      type: "button",
      class: row.label === null && row.doubt !== null
        ? `entry ${row.doubt}`
        : "entry",
      "aria-current": isShown ? "true" : null,
      tabindex: isShown ? 0 : -1,
      title: row.file,
      click: () => go(row.id),
    },
    html("span", { class: "name" }, nameOf(row.file)),
    html("span", { class: "says" }, saysOf(row)),
  );
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
