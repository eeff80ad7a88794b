// @ts-check
/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {"review" | "all" | "labelled"} Filter */

/** @type {(rows: Iterable<ReviewRow>, filter: Filter) => ReviewRow[]} */
export function selectFrames(rows, filter) {
  return [...rows].filter((row) => matchesFilter(row, filter))
    .sort((one, other) => one.priority - other.priority || one.id - other.id);
}

/**
 * Returns whether a frame matches a filter. A frame that needs review still matches
 * `review` when it has a label, so that one can return to it.
 *
 * @type {(row: ReviewRow, filter: Filter) => boolean}
 */
export function matchesFilter({ reviewReason, label }, filter) {
  return filter === "all" ||
    (filter === "review" ? reviewReason !== null : label !== null);
}

/**
 * Returns the first frame without a label after a frame, continuing from the start
 * of the list; `undefined` when all others have a label.
 *
 * @type {(list: readonly ReviewRow[], id: number | null) => ReviewRow | undefined}
 */
export function nextUnlabelled(list, id) {
  const index = list.findIndex((row) => row.id === id);
  return [...list.slice(index + 1), ...list]
    .find((row) => row.label === null && row.id !== id);
}

/**
 * Returns the frame at an offset from another, at most the first or the last; the
 * first when the list does not contain the other.
 *
 * @type {(list: readonly ReviewRow[], id: number | null, offset: number) => ReviewRow | undefined}
 */
export function frameAtOffset(list, id, offset) {
  const index = list.findIndex((row) => row.id === id);
  if (index < 0) return list[0];
  return list[Math.max(0, Math.min(list.length - 1, index + offset))];
}

/**
 * Returns the types whose frames are worth comparing with a frame: its label, the
 * likeliest type, and the claim of the header.
 *
 * @type {(row: ReviewRow) => string[]}
 */
export function typesToCompare({ label, type, claim, probabilities }) {
  const likeliest = type === "unknown" ? probabilities[0]?.type : type;
  return [...new Set([label, likeliest, claim])]
    .filter((one) => typeof one === "string");
}

/**
 * Returns frames of a type to compare a frame with: labelled frames, and frames that
 * need no review. Those of the same instrument come first, then labelled ones, then
 * those closest in time.
 *
 * @param {Iterable<ReviewRow>} rows
 * @param {ReviewRow} reference
 * @param {string} type
 * @param {number} count Maximum number.
 * @returns {ReviewRow[]}
 */
export function similarFrames(rows, reference, type, count) {
  const distance = (/** @type {ReviewRow} */ row) =>
    (row.instrument === reference.instrument ? 0 : 1e9) +
    (row.label === null ? 1e6 : 0) + timeBetween(row, reference);
  return [...rows]
    .filter((row) => row.id !== reference.id && certainType(row) === type)
    .map((row) => ({ row, distance: distance(row) }))
    .sort((a, b) => a.distance - b.distance || a.row.id - b.row.id)
    .slice(0, count)
    .map(({ row }) => row);
}

/** @type {(row: ReviewRow) => string | null} */
function certainType({ label, reviewReason, type }) {
  return label ?? (reviewReason === null ? type : null);
}

/**
 * Days between two frames; without times, the difference of their ids.
 *
 * @type {(one: ReviewRow, other: ReviewRow) => number}
 */
function timeBetween(one, other) {
  return one.mjd === null || other.mjd === null
    ? Math.abs(one.id - other.id)
    : Math.min(1e5, Math.abs(one.mjd - other.mjd));
}
