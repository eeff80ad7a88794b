// @ts-check
/// <reference lib="dom" />
/** @typedef {import("../session.ts").Changes} Changes */
/** @typedef {import("../session.ts").ReviewRow} ReviewRow */
/** @typedef {ReviewRow["label"]} Label */
/** @typedef {import("../preview.ts").FramePreview} FramePreview */
/** @typedef {{ hdus: Omit<FramePreview["hdus"][number], "png">[] } & Pick<FramePreview, "cards" | "error">} Details */

/** Waits a second between two attempts. */
export const retryDelay = () => new Promise((wake) => setTimeout(wake, 1000));

/** Milliseconds after which a request for changes has failed: the server answers after 20 s. */
const POLL_LIMIT = 30_000;

/** Milliseconds after which another request has failed: a large frame on a slow disk takes a while. */
const REQUEST_LIMIT = 60_000;

/** Why there is no connection. */
const NO_RESPONSE =
  "The server does not respond. If it has ended, start spit review again.";
const OTHER_ADDRESS =
  "spit review was started again: open the address that it printed.";

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
      const response = await fetch(`changes/${version}`, {
        signal: AbortSignal.timeout(POLL_LIMIT),
      });
      if (response.ok) {
        /** @type {Changes} */
        const changes = await response.json();
        version = changes.version;
        onProblem("");
        onChanges(changes);
        continue;
      }
      onProblem(OTHER_ADDRESS);
    } catch {
      onProblem(NO_RESPONSE);
    }
    // Everything: this is answered at once, which tells that the server is back.
    version = 0;
    await retryDelay();
  }
}

/**
 * Returns the plots and header cards of a frame, or why there are none; `null` when the
 * server does not respond.
 *
 * @type {(id: number) => Promise<Details | null>}
 */
export async function fetchDetails(id) {
  try {
    const response = await fetch(`frame/${id}`, {
      signal: AbortSignal.timeout(REQUEST_LIMIT),
    });
    if (response.ok) return await response.json();
    if (response.status === 403) return null;
    return { hdus: [], cards: [], error: await response.text() };
  } catch {
    return null;
  }
}

/** Images that are kept when the page no longer shows them: at most about 40 MB. */
const KEPT_IMAGES = 200;

/**
 * Loads images, one at a time, and keeps those used last, so that the page can show them
 * without the server.
 */
export class ImageLoader {
  /** Data URLs by address, the latest last; empty for an image that does not exist. @type {Map<string, string>} */
  #images = new Map();
  /** @type {readonly string[]} */
  #wanted = [];
  #isLoading = false;
  #onLoaded;

  /** @param {() => void} onLoaded Called after each image. */
  constructor(onLoaded) {
    this.#onLoaded = onLoaded;
  }

  /**
   * Returns the data URL of an image; `undefined` if it is not loaded.
   *
   * @param {string} address
   */
  find(address) {
    return this.#images.get(address);
  }

  /**
   * Sets the images to load, the most urgent first, in place of those set before.
   *
   * @param {readonly string[]} addresses
   */
  want(addresses) {
    for (const address of addresses) {
      const image = this.#images.get(address);
      if (image === undefined) continue;
      this.#images.delete(address);
      this.#images.set(address, image);
    }
    this.#wanted = addresses;
    this.#load();
  }

  async #load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    while (true) {
      const next = this.#wanted.find((one) => !this.#images.has(one));
      if (next === undefined) break;
      const image = await fetchImage(next);
      if (image === null) {
        await retryDelay();
        continue;
      }
      this.#images.set(next, image);
      for (const [oldest] of this.#images) {
        if (this.#images.size <= KEPT_IMAGES) break;
        this.#images.delete(oldest);
      }
      this.#onLoaded();
    }
    this.#isLoading = false;
  }
}

/**
 * Returns the data URL of an image, empty if it does not exist; `null` when the server
 * does not respond.
 *
 * @type {(address: string) => Promise<string | null>}
 */
async function fetchImage(address) {
  try {
    const response = await fetch(address, {
      signal: AbortSignal.timeout(REQUEST_LIMIT),
    });
    if (response.status === 403) return null;
    if (!response.ok) return "";
    const reader = new FileReader();
    reader.readAsDataURL(await response.blob());
    await new Promise((wake) => reader.onloadend = wake);
    return String(reader.result ?? "");
  } catch {
    return null;
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
    return response.status === 403 ? OTHER_ADDRESS : await response.text();
  } catch {
    return NO_RESPONSE;
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
  /** Number of labels given in this window. */
  #given = 0;
  /** @type {{ key: string, file: string, label: Label }[]} */
  #unsaved;

  /**
   * @param {object} options
   * @param {string} options.labelsFile The browser stores labels under its name.
   * @param {(file: string) => ReviewRow | undefined} options.findRow
   * @param {(row: ReviewRow) => void} options.onSaved Called with each saved row.
   * @param {(problem: string) => void} options.onStatus Called whenever the number of
   *   unsaved labels changes or a label cannot be saved, with the reason; with an empty
   *   text when there is none.
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
   * Saves labels in their order.
   *
   * @param {readonly { file: string, label: Label }[]} labels
   */
  save(labels) {
    for (const { file, label } of labels) {
      // Keys sort by time, and those of one millisecond by their order.
      const order = String(this.#given++).padStart(9, "0");
      const id = `${Date.now()} ${order} ${crypto.randomUUID()}`;
      const key = this.#prefix + id;
      localStorage.setItem(key, JSON.stringify({ file, label }));
      this.#unsaved.push({ key, file, label });
    }
    this.#options.onStatus("");
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
        onStatus(saved);
        await retryDelay();
      } else {
        localStorage.removeItem(next.key);
        this.#unsaved = this.#unsaved.filter((one) => one !== next);
        onSaved(saved);
        onStatus("");
      }
    }
    this.#isSaving = false;
    onStatus("");
  }
}
