// @ts-check
/// <reference lib="dom" />
/**
 * Elements of the page, made in one line each. Texts stay texts: nothing from a
 * header or a file name is read as HTML.
 *
 * @module
 */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string | number | boolean | null | ((event: Event) => void)>>} attributes
 *   `true` for one without a value, `false` or `null` for none, a function for a listener.
 * @param {readonly (Node | string | null)[]} children `null` for none.
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * An SVG element.
 *
 * @param {string} tag
 * @param {Readonly<Record<string, string | number>>} attributes
 * @param {readonly (Node | string)[]} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes, ...children) {
  const element =
    /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  return fill(element, attributes, children);
}

/**
 * @template {Element} One
 * @param {One} element
 * @param {Readonly<Record<string, unknown>>} attributes
 * @param {readonly (Node | string | null)[]} children
 * @returns {One}
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, /** @type {EventListener} */ (value));
    } else if (value !== false && value !== null) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * The element of the page that has this id; the page is ours, so it is there.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * The name of a file, without its folders.
 *
 * @param {string} file
 * @returns {string}
 */
export function nameOf(file) {
  return file.replace(/^.*[/\\]/, "");
}
