// @ts-check
/// <reference lib="dom" />
/** @typedef {import("../session.ts").Changes} Changes */
/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {ReviewRow["label"]} Label */
/** @typedef {import("../preview.ts").FramePreview} FramePreview */
/** @typedef {{ hdus: Omit<FramePreview["hdus"][number], "png">[] } & Pick<FramePreview, "cards" | "error">} Details */

/** Waits a second between two attempts. */
const retryDelay = () => new Promise((wake) => setTimeout(wake, 1000));

/**
 * Follows the changes on the server forever.
 *
 * @param {(changes: Changes) => void} onChanges
 * @param {(problem: string) => void} onProblem Called with why there is no
 *   connection; with an empty text when there is one.
 * @returns {Promise<never>}
 */
export async function followChanges(onChanges, onProblem) {
  let version = 0;
  while (true) {
    try {
      const response = await fetch(`changes/${version}`);
      if (response.ok) {
        /** @type {Changes} */
        const changes = await response.json();
        version = changes.version;
        onProblem("");
        onChanges(changes);
        continue;
      }
      onProblem("The server of this page has ended: open the new address.");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      onProblem("The server does not respond: start spit review again.");
    }
    await retryDelay();
  }
}

/** @type {(id: number) => Promise<Details>} */
export async function fetchDetails(id) {
  try {
    const response = await fetch(`frame/${id}`);
    if (response.ok) return await response.json();
    return { hdus: [], cards: [], error: await response.text() };
  } catch {
    return { hdus: [], cards: [], error: "the server does not respond" };
  }
}

/**
 * Sends a label; returns the labelled row, or why the label is not saved.
 *
 * @type {(id: number, label: Label) => Promise<ReviewRow | string>}
 */
async function sendLabel(id, label) {
  try {
    const response = await fetch("label", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id, label }),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) return await response.json();
    return response.status === 403
      ? "spit review was restarted; its new address saves them"
      : await response.text();
  } catch {
    return "the server does not respond; start spit review again";
  }
}

/**
 * Saves labels one after another, in the order in which they were given. The browser
 * stores each until the server has saved it, so that the page of a server restarted
 * on the same port can save it. Each is stored under a key of its own: several
 * pages do not overwrite each other's.
 */
export class LabelSaver {
  #prefix;
  #options;
  #isSaving = false;
  /** @type {{ key: string, file: string, label: Label }[]} */
  #unsaved;

  /**
   * @param {object} options
   * @param {string} options.labelsFile The browser stores labels under its name.
   * @param {(file: string) => ReviewRow | undefined} options.findRow
   * @param {(row: ReviewRow) => void} options.onSaved Called with each saved row.
   * @param {(count: number, problem: string) => void} options.onStatus Called with
   *   the number of unsaved labels and why they are not saved yet.
   */
  constructor(options) {
    this.#options = options;
    this.#prefix = `spit review, not saved in ${options.labelsFile}: `;
    this.#unsaved = Object.keys(localStorage)
      .filter((key) => key.startsWith(this.#prefix))
      .sort()
      .map((key) => ({
        key,
        ...JSON.parse(localStorage.getItem(key) ?? "{}"),
      }));
  }

  get count() {
    return this.#unsaved.length;
  }

  /**
   * Saves a label.
   *
   * @param {string} file
   * @param {Label} label
   */
  save(file, label) {
    const key = `${this.#prefix}${Date.now()} ${crypto.randomUUID()}`;
    localStorage.setItem(key, JSON.stringify({ file, label }));
    this.#unsaved.push({ key, file, label });
    this.#options.onStatus(this.count, "");
    this.resume();
  }

  /**
   * Returns the unsaved label of a file; `undefined` if it has none.
   *
   * @param {string} file
   * @returns {Label | undefined}
   */
  find(file) {
    return this.#unsaved.findLast((one) => one.file === file)?.label;
  }

  /** Saves stored labels, as far as their frames are known. */
  async resume() {
    if (this.#isSaving) return;
    this.#isSaving = true;
    const { findRow, onSaved, onStatus } = this.#options;
    while (true) {
      // Another page may have saved some of them.
      this.#unsaved = this.#unsaved.filter(({ key }) =>
        localStorage.getItem(key) !== null
      );
      const next = this.#unsaved.find(({ file }) => findRow(file));
      const row = next && findRow(next.file);
      if (!next || !row) break;
      const saved = await sendLabel(row.id, next.label);
      if (typeof saved === "string") {
        onStatus(this.count, saved);
        await retryDelay();
      } else {
        localStorage.removeItem(next.key);
        this.#unsaved = this.#unsaved.filter((one) => one !== next);
        onStatus(this.count, "");
        onSaved(saved);
      }
    }
    this.#isSaving = false;
    onStatus(
      this.count,
      this.count === 0 ? "" : "their frames are not classified yet",
    );
  }
}
