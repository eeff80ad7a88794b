// @ts-check
/**
 * Which frames are walked, in which order, and which are alike.
 *
 * @module
 */

/** @typedef {import("../review_row.ts").ReviewRow} ReviewRow */
/** @typedef {"doubtful" | "all" | "labelled"} Filter */

/**
 * The frames that a filter leaves, the most doubtful first. A doubtful frame
 * stays among the doubtful when it has its label, so that one can go back to it.
 *
 * @param {Iterable<ReviewRow>} rows
 * @param {Filter} filter
 * @returns {ReviewRow[]}
 */
export function walked(rows, filter) {
  const left = [...rows].filter((row) => isLeft(row, filter));
  return left.sort((one, other) => one.rank - other.rank || one.id - other.id);
}

/**
 * @param {ReviewRow} row
 * @param {Filter} filter
 * @returns {boolean}
 */
export function isLeft(row, filter) {
  if (filter === "all") return true;
  return filter === "doubtful" ? row.doubt !== null : row.label !== null;
}

/**
 * The next frame without a label behind one, from the start again when there is
 * none; `undefined` when all have theirs.
 *
 * @param {readonly ReviewRow[]} list
 * @param {number | null} id
 * @returns {ReviewRow | undefined}
 */
export function nextToDo(list, id) {
  const here = list.findIndex((row) => row.id === id);
  const isToDo = (/** @type {ReviewRow} */ row) =>
    row.label === null && row.id !== id;
  return list.slice(here + 1).find(isToDo) ?? list.find(isToDo);
}

/**
 * The frame so many steps away, no further than the ends.
 *
 * @param {readonly ReviewRow[]} list
 * @param {number | null} id
 * @param {number} steps
 * @returns {ReviewRow | undefined}
 */
export function stepFrom(list, id, steps) {
  const here = list.findIndex((row) => row.id === id);
  if (here < 0) return list[0];
  return list[Math.max(0, Math.min(list.length - 1, here + steps))];
}

/**
 * Frames to compare one with: those whose label, or type where nothing is in
 * doubt, is the type. Of the same instrument first, labelled ones first, then by
 * time.
 *
 * @param {Iterable<ReviewRow>} rows
 * @param {ReviewRow} one
 * @param {string} type
 * @param {number} count How many, at most.
 * @returns {ReviewRow[]}
 */
export function alike(rows, one, type, count) {
  const found = [...rows].filter((row) =>
    row.id !== one.id && settledType(row) === type
  );
  const distance = (/** @type {ReviewRow} */ row) =>
    (row.instrument === one.instrument ? 0 : 1e9) +
    (row.label === null ? 1e6 : 0) + timeBetween(row, one);
  return found
    .map((row) => ({ row, distance: distance(row) }))
    .sort((a, b) => a.distance - b.distance || a.row.id - b.row.id)
    .slice(0, count)
    .map(({ row }) => row);
}

/**
 * What a frame is, as far as nobody doubts it.
 *
 * @param {ReviewRow} row
 * @returns {string | null}
 */
function settledType({ label, doubt, type }) {
  return label ?? (doubt === null ? type : null);
}

/**
 * Days between two frames; the order of the files stands in for it.
 *
 * @param {ReviewRow} one
 * @param {ReviewRow} other
 * @returns {number}
 */
function timeBetween(one, other) {
  return one.mjd === null || other.mjd === null
    ? Math.abs(one.id - other.id)
    : Math.min(1e5, Math.abs(one.mjd - other.mjd));
}
