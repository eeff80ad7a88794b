// @ts-check
/// <reference lib="dom" />
/**
 * Frames to compare the shown one with.
 *
 * @module
 */
import { byId, html, nameOf } from "./element.js";
import { alike } from "./frames.js";

/** @typedef {import("../review_row.ts").ReviewRow} ReviewRow */

/** So many of each type. */
const COUNT = 3;

/** What is drawn now: input images that stay are not drawn anew. */
let drawn = "";

/**
 * Draws frames of the type that was chosen, that the pixels say and that the
 * header claims.
 *
 * @param {ReviewRow | undefined} row
 * @param {readonly ReviewRow[]} rows
 * @param {(id: number) => void} go
 */
export function showNeighbours(row, rows, go) {
  const groups = row === undefined ? [] : typesOf(row).map((type) => ({
    type,
    found: alike(rows, row, type, COUNT),
  }));
  const now = JSON.stringify(
    groups.map(({ type, found }) => [
      type,
      found.map(({ id, typing }) => [id, typing]),
    ]),
  );
  if (now === drawn) return;
  drawn = now;
  byId("neighbours").replaceChildren(
    ...groups.map(({ type, found }) =>
      html(
        "section",
        {},
        html("h3", {}, `Others: ${type}`),
        ...found.map((other) => neighbour(other, go)),
        found.length === 0
          ? html("p", { class: "soft" }, "none that is beyond doubt")
          : "",
      )
    ),
  );
}

/**
 * @param {ReviewRow} row
 * @returns {string[]}
 */
function typesOf({ label, type, claim, probabilities }) {
  const seen = type === "unknown" ? probabilities[0]?.[0] : type;
  const types = [label, seen, claim].filter((one) => typeof one === "string");
  return [...new Set(types)].slice(0, 3);
}

/**
 * @param {ReviewRow} row
 * @param {(id: number) => void} go
 */
function neighbour({ id, typing, file }, go) {
  return html(
    "button",
    { type: "button", class: "neighbour", title: file, click: () => go(id) },
    html("img", {
      src: `inputImage/${id}/${typing}/0`,
      alt: "",
      width: 650,
      height: 210,
    }),
    html("span", {}, nameOf(file)),
  );
}
