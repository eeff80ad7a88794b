// @ts-check
import { LABEL_KEYS } from "./keys.js";

/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {"review" | "all" | "labelled"} Group */
/** @typedef {"type" | "configuration" | "finding" | "night"} Property */

/**
 * Which frames are listed, and in which order. A property that is empty excludes none.
 *
 * @typedef {Readonly<{ group: Group, order: "need" | "time" } & Record<Property, string>>} Filter
 */

/** @type {readonly Property[]} */
export const PROPERTIES = ["type", "configuration", "finding", "night"];

/** Lists every frame. @type {Filter} */
export const NO_FILTER = {
  group: "all",
  order: "need",
  type: "",
  configuration: "",
  finding: "",
  night: "",
};

/** Compares frames by need of review or by time. */
const ORDERS = {
  /** @type {(one: ReviewRow, other: ReviewRow) => number} */
  need: (one, other) => one.priority - other.priority || one.id - other.id,
  /** @type {(one: ReviewRow, other: ReviewRow) => number} */
  time: (one, other) =>
    (one.mjd ?? Infinity) - (other.mjd ?? Infinity) || one.id - other.id,
};

/** @type {(rows: Iterable<ReviewRow>, filter: Filter) => ReviewRow[]} */
export function selectFrames(rows, filter) {
  return [...rows].filter((row) => matchesFilter(row, filter))
    .sort(ORDERS[filter.order]);
}

/**
 * Returns whether a frame matches a filter. A frame that needs review still matches
 * `review` when it has a label, and the type of its answer, so that one can return to it.
 *
 * @type {(row: ReviewRow, filter: Filter) => boolean}
 */
export function matchesFilter(row, filter) {
  const { reviewReason, label } = row;
  const isOfGroup = filter.group === "all" ||
    (filter.group === "review" ? reviewReason !== null : label !== null);
  return isOfGroup &&
    PROPERTIES.every((property) =>
      filter[property] === "" ||
      valuesOf(row, property).includes(filter[property])
    );
}

/** @type {(row: ReviewRow, property: Property) => readonly string[]} */
function valuesOf({ type, label, configurations, findings, night }, property) {
  const values = {
    type: [...new Set([type, label])],
    configuration: configurations,
    finding: findings,
    night: [night],
  };
  return values[property].filter((value) => value !== null);
}

/** Types in the order in which they are listed; `unknown` follows. */
const TYPES = LABEL_KEYS.map(([label]) => String(label));

/**
 * Returns the values that a filter can have for a property, each with the number of
 * frames that match it and the rest of the filter. Findings are in the order of the rows.
 *
 * @type {(rows: readonly ReviewRow[], filter: Filter, property: Property) => { value: string, count: number }[]}
 */
export function listValues(rows, filter, property) {
  const rest = { ...filter, [property]: "" };
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const row of rows) {
    const isCounted = matchesFilter(row, rest);
    for (const value of valuesOf(row, property)) {
      counts.set(value, (counts.get(value) ?? 0) + (isCounted ? 1 : 0));
    }
  }
  const values = [...counts.keys()];
  if (property === "type") {
    const rank = (/** @type {string} */ type) =>
      TYPES.includes(type) ? TYPES.indexOf(type) : TYPES.length;
    values.sort((one, other) => rank(one) - rank(other));
  } else if (property !== "finding") {
    values.sort((one, other) =>
      one.localeCompare(other, "en", { numeric: true })
    );
  }
  return values.map((value) => ({ value, count: counts.get(value) ?? 0 }));
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
 * Returns the ids of a run of the list, from one frame to another, both included, in
 * the order of the list.
 *
 * @type {(list: readonly ReviewRow[], from: number | null, to: number) => number[]}
 */
export function selectRun(list, from, to) {
  const end = list.findIndex(({ id }) => id === to);
  if (end < 0) return [];
  const start = list.findIndex(({ id }) => id === from);
  const first = start < 0 ? end : Math.min(start, end);
  return list.slice(first, Math.max(start, end) + 1).map(({ id }) => id);
}

/**
 * Returns the ids of the listed frames of the same set as a frame, itself included.
 * Others that have a label are left out, because a person has looked at them.
 *
 * @type {(list: readonly ReviewRow[], reference: ReviewRow) => number[]}
 */
export function selectAlike(list, { id: own, set }) {
  return list.filter((row) =>
    row.set === set && (row.label === null || row.id === own)
  ).map(({ id }) => id);
}

/**
 * Returns the frames of the same instrument and night that were taken before and after
 * a frame, itself included, by time; without times, by id.
 *
 * @param {Iterable<ReviewRow>} rows
 * @param {ReviewRow} reference
 * @param {number} count Maximum number before and after.
 * @returns {ReviewRow[]}
 */
export function neighboursInTime(rows, reference, count) {
  const isTimed = reference.mjd !== null;
  const sequence = [...rows].filter((row) =>
    row.instrument === reference.instrument &&
    row.night === reference.night && (row.mjd !== null) === isTimed
  ).sort(ORDERS.time);
  const index = sequence.findIndex(({ id }) => id === reference.id);
  return sequence.slice(Math.max(0, index - count), index + count + 1);
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
