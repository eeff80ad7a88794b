/**
 * What the page loads: scripts and style, as they stand in this folder.
 *
 * @module
 */
import charts from "./client/charts.js" with { type: "text" };
import element from "./client/element.js" with { type: "text" };
import follow from "./client/follow.js" with { type: "text" };
import frames from "./client/frames.js" with { type: "text" };
import kept from "./client/kept.js" with { type: "text" };
import keys from "./client/keys.js" with { type: "text" };
import main from "./client/main.js" with { type: "text" };
import saving from "./client/saving.js" with { type: "text" };
import showFrame from "./client/show_frame.js" with { type: "text" };
import showList from "./client/show_list.js" with { type: "text" };
import showNeighbours from "./client/show_neighbours.js" with { type: "text" };
import { STYLE } from "./style.ts";

/** A file of the page. */
export interface ClientFile {
  /** Its text. */
  readonly text: string;
  /** Its media type. */
  readonly type: string;
}

const SCRIPTS: Readonly<Record<string, string>> = {
  "charts.js": charts,
  "element.js": element,
  "follow.js": follow,
  "frames.js": frames,
  "kept.js": kept,
  "keys.js": keys,
  "main.js": main,
  "saving.js": saving,
  "show_frame.js": showFrame,
  "show_list.js": showList,
  "show_neighbours.js": showNeighbours,
};

/** All of them, by name. */
export const CLIENT_FILES: ReadonlyMap<string, ClientFile> = new Map([
  ["review.css", { text: STYLE, type: "text/css; charset=utf-8" }],
  ...Object.entries(SCRIPTS).map(([name, text]) =>
    [name, { text, type: "text/javascript; charset=utf-8" }] as const
  ),
]);
