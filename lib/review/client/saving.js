// @ts-check
/// <reference lib="dom" />
/**
 * Labels on their way to the disk. What the server has not said to be there is
 * kept in the browser, too, so that the page of a server that was started anew on
 * the same port takes it over.
 *
 * @module
 */
import { keep, keptIn } from "./kept.js";

/** @typedef {import("../review_row.ts").ReviewRow} ReviewRow */
/** @typedef {ReviewRow["label"]} Label */

/** Milliseconds between two tries. */
const AGAIN = 1000;

/**
 * Starts to save labels, one after another, in the order in which they were given.
 *
 * @param {object} page
 * @param {string} page.labels The labels file, under whose name the browser keeps what is not saved.
 * @param {(file: string) => ReviewRow | undefined} page.rowOf
 * @param {(row: ReviewRow) => void} page.saved Told of each frame whose label is on the disk, as it is then.
 * @param {(waiting: number, trouble: string) => void} page.tell How many are on
 *   their way, and why they stay there; empty for no reason.
 */
export function startSaving({ labels, rowOf, saved, tell }) {
  let unsaved = keptIn(labels);
  tell(unsaved.length, "");
  let isBusy = false;

  async function saveAll() {
    if (isBusy) return;
    isBusy = true;
    while (true) {
      // Another page may have saved it since; its frame may not be typed yet.
      unsaved = unsaved.filter((one) => one.isKept());
      const next = unsaved.find(({ file }) => rowOf(file) !== undefined);
      if (next === undefined) break;
      const row = /** @type {ReviewRow} */ (rowOf(next.file));
      const answer = await send(row.id, next.label);
      const trouble = typeof answer === "string" ? answer : "";
      if (typeof answer !== "string") {
        next.forget();
        unsaved = unsaved.filter((one) => one !== next);
        saved(answer);
      }
      tell(unsaved.length, trouble);
      if (trouble !== "") await new Promise((wake) => setTimeout(wake, AGAIN));
    }
    isBusy = false;
    tell(
      unsaved.length,
      unsaved.length === 0 ? "" : "their frames have not been typed yet",
    );
  }

  return {
    /**
     * Saves a label.
     *
     * @param {ReviewRow} row
     * @param {Label} label
     */
    save(row, label) {
      unsaved.push(keep(labels, row.file, label));
      tell(unsaved.length, "");
      saveAll();
    },
    /** Saves what was left behind, as its frames are known. */
    goOn: saveAll,
    /**
     * The label of a frame, whether or not it is saved.
     *
     * @param {ReviewRow} row
     * @returns {Label}
     */
    labelOf(row) {
      const last = unsaved.findLast(({ file }) => file === row.file);
      return last === undefined ? row.label : last.label;
    },
    /**
     * Whether the frame's label is still on its way.
     *
     * @param {ReviewRow} row
     * @returns {boolean}
     */
    isUnsaved: (row) => unsaved.some(({ file }) => file === row.file),
    /** How many are on their way. */
    waiting: () => unsaved.length,
  };
}

/**
 * Sends a label; gives the frame with it, or why it is not saved.
 *
 * @param {number} id
 * @param {Label} label
 * @returns {Promise<ReviewRow | string>}
 */
async function send(id, label) {
  try {
    const answer = await fetch("label", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id, label }),
      signal: AbortSignal.timeout(10_000),
    });
    if (answer.ok) return await answer.json();
    if (answer.status === 403) {
      return "spit review was started anew: open its new address, which takes them over";
    }
    return await answer.text();
  } catch {
    return "the server does not answer; start spit review again";
  }
}
