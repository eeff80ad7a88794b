// @ts-check
/** In the browser, the server answers requests for this file with the package's own module. */
export { html, render } from "htm/preact/standalone";
