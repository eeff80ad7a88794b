// @ts-check
/// <reference lib="dom" />
/**
 * Labels that the browser keeps until they are saved, each on its own: pages of
 * the same server, or of one after another, do not overwrite what others keep.
 *
 * @module
 */

/** @typedef {import("../review_row.ts").ReviewRow["label"]} Label */

/**
 * @typedef {object} Kept
 * @property {string} file
 * @property {Label} label
 * @property {() => boolean} isKept Whether it is still kept: who saves it forgets it.
 * @property {() => void} forget
 */

/**
 * Keeps a label.
 *
 * @param {string} labels The labels file.
 * @param {string} file
 * @param {Label} label
 * @returns {Kept}
 */
export function keep(labels, file, label) {
  const key = `${prefixOf(labels)}${Date.now()} ${crypto.randomUUID()}`;
  localStorage.setItem(key, JSON.stringify({ file, label }));
  return kept(key, file, label);
}

/**
 * All labels that are kept for a labels file, in the order in which they were given.
 *
 * @param {string} labels
 * @returns {Kept[]}
 */
export function keptIn(labels) {
  const keys = Object.keys(localStorage).filter((key) =>
    key.startsWith(prefixOf(labels))
  );
  return keys.sort().map((key) => {
    const { file, label } = JSON.parse(localStorage.getItem(key) ?? "{}");
    return kept(key, file, label);
  });
}

/** @param {string} labels */
function prefixOf(labels) {
  return `spit review, not saved in ${labels}: `;
}

/**
 * @param {string} key
 * @param {string} file
 * @param {Label} label
 * @returns {Kept}
 */
function kept(key, file, label) {
  return {
    file,
    label,
    isKept: () => localStorage.getItem(key) !== null,
    forget: () => localStorage.removeItem(key),
  };
}
