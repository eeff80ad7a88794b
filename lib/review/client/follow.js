// @ts-check
/// <reference lib="dom" />
/**
 * What changes on the server's desk, as it changes.
 *
 * @module
 */

/** @typedef {import("../desk.ts").Changes} Changes */

/** Milliseconds between two tries. */
const AGAIN = 1000;

/**
 * Asks for changes for ever. An answer comes when there are some.
 *
 * @param {(changes: Changes) => void} take
 * @param {(trouble: string) => void} tell Told why there are none to be had; empty when there are again.
 * @returns {Promise<never>}
 */
export async function follow(take, tell) {
  let version = 0;
  while (true) {
    try {
      const answer = await fetch(`changes/${version}`);
      if (answer.ok) {
        /** @type {Changes} */
        const changes = await answer.json();
        version = changes.version;
        tell("");
        take(changes);
        continue;
      }
      tell("This page is of a server that has ended: open the new address.");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      tell("The server does not answer: start spit review again.");
    }
    await new Promise((wake) => setTimeout(wake, AGAIN));
  }
}
