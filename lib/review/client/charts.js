// @ts-check
/// <reference lib="dom" />
/**
 * Plots.
 *
 * @module
 */
import { html, svg } from "./element.js";

/** @typedef {import("../look_at.ts").SeenHdu} SeenHdu */

const WIDTH = 640;
const HEIGHT = 150;

/**
 * The maximum of each row, and which rows the trim kept: rows to the right,
 * counts upwards, as far as the highest of the rows that were kept.
 *
 * @param {Pick<SeenHdu, "maxima" | "rowFirst" | "rowEnd">} hdu
 * @returns {HTMLElement}
 */
export function maximaChart({ maxima, rowFirst, rowEnd }) {
  const finite = maxima.filter((value) => value !== null);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (finite.length === 0) {
    return html("p", { class: "soft" }, "No row has a maximum.");
  }
  const x = (/** @type {number} */ row) => (row / maxima.length) * WIDTH;
  const y = (/** @type {number} */ value) =>
    HEIGHT - ((value - low) / (high - low || 1)) * (HEIGHT - 4) - 2;
  const caption = `Row maxima, ${short(low)} to ${short(high)} counts, over ` +
    `${maxima.length} rows. Shaded: rows ${rowFirst} to ${
      rowEnd - 1
    }, which the trim kept.`;
  return html(
    "figure",
    { class: "plot" },
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
        role: "img",
        "aria-label": caption,
      },
      svg("rect", {
        class: "kept",
        x: x(rowFirst),
        y: 0,
        width: x(rowEnd) - x(rowFirst),
        height: HEIGHT,
      }),
      svg("path", { class: "line", d: pathOf(maxima, x, y) }),
    ),
    html("figcaption", { "aria-hidden": "true" }, caption),
  );
}

/**
 * @param {readonly (number | null)[]} values
 * @param {(row: number) => number} x
 * @param {(value: number) => number} y
 * @returns {string}
 */
function pathOf(values, x, y) {
  let isDrawing = false;
  return values.map((value, row) => {
    const step = isDrawing ? "L" : "M";
    isDrawing = value !== null;
    return value === null
      ? ""
      : `${step}${x(row + 0.5).toFixed(1)} ${y(value).toFixed(1)}`;
  }).join("");
}

/**
 * A number in as many digits as a person wants.
 *
 * @param {number} value
 * @returns {string}
 */
export function short(value) {
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString("en")
    : String(Number(value.toPrecision(3)));
}
