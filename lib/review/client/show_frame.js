// @ts-check
/// <reference lib="dom" />
/**
 * The frame that is shown large.
 *
 * @module
 */
import { maximaChart, short } from "./charts.js";
import { byId, html, nameOf } from "./element.js";

/** @typedef {import("../review_row.ts").ReviewRow} ReviewRow */
/** @typedef {import("../look_at.ts").SeenHdu} SeenHdu */
/** @typedef {{ hdus: Omit<SeenHdu, "png">[], cards: [string, string, string][], fault: string }} Detail */

/**
 * Shows what is known of a frame at once; of a frame that is not the one before,
 * its input images, plots and cards when they come.
 *
 * @param {ReviewRow} row
 * @param {boolean} isUnsaved Whether its label is still on its way.
 */
export function showFrame(row, isUnsaved) {
  showVerdict(row, isUnsaved);
  const shown = `${row.id} ${row.typing}`;
  const frame = byId("inputImages");
  if (frame.dataset.shown === shown) return;
  frame.dataset.shown = shown;
  frame.replaceChildren(...row.hdus.map((hdu, k) => inputImage(row, hdu, k)));
  byId("plots").replaceChildren();
  byId("cards").replaceChildren();
  showDetail(row, shown);
}

/** Shows that there is no frame to show. */
export function showNoFrame() {
  byId("inputImages").dataset.shown = "";
}

/**
 * @param {ReviewRow} row
 * @param {boolean} isUnsaved
 */
function showVerdict(row, isUnsaved) {
  byId("name").replaceChildren(nameOf(row.file));
  byId("folder").replaceChildren(row.file.slice(0, -nameOf(row.file).length));
  byId("verdict").className = row.doubt ?? "sure";
  byId("pixels").replaceChildren(
    html("b", {}, row.type ?? "cannot be read"),
    sureness(row),
    ...why(row),
  );
  byId("claim").replaceChildren(
    html(
      "b",
      {},
      row.claim ?? (row.evidence ? "contradicts itself" : "nothing"),
    ),
    html("span", { class: "why" }, row.evidence),
  );
  byId("chosen").replaceChildren(
    html("b", {}, row.label ?? "no label yet"),
    html("span", { class: "why" }, isUnsaved ? "not saved yet" : ""),
  );
  for (const button of document.querySelectorAll("[data-label]")) {
    const isChosen = button.getAttribute("data-label") === row.label;
    button.setAttribute("aria-pressed", String(isChosen));
  }
  byId("votes").replaceChildren(...votes(row));
  byId("log").replaceChildren(
    ...row.log.flatMap(([name, text]) => [
      html("dt", {}, name),
      html("dd", {}, text),
    ]),
  );
}

/**
 * That of an unknown frame would be the share of a type that it has not got.
 *
 * @param {ReviewRow} row
 */
function sureness({ type, probability }) {
  return probability === null || type === "unknown"
    ? ""
    : ` ${probability.toFixed(3)}`;
}

/** @param {ReviewRow} row */
function why({ doubt, why }) {
  const text = doubt === "conflict" ? "in conflict with the header" : why;
  return text === "" ? [] : [html("span", { class: "why" }, text)];
}

/** @param {ReviewRow} row */
function votes({ probabilities, votes }) {
  /** @type {Readonly<Record<string, number | undefined>>} */
  const counts = votes;
  return probabilities.map(([type, share]) =>
    html(
      "tr",
      {},
      html("th", { scope: "row" }, type),
      html("td", {}, html("meter", { value: share, "aria-label": type })),
      html("td", {}, share.toFixed(3)),
      html("td", {}, String(counts[type] ?? "")),
    )
  );
}

/**
 * @param {ReviewRow} row
 * @param {number} hdu
 * @param {number} k
 */
function inputImage({ id, typing, file, hdus }, hdu, k) {
  const alt = `${nameOf(file)}, HDU ${hdu}, as the network saw it`;
  return html(
    "figure",
    {},
    html("img", {
      src: `inputImage/${id}/${typing}/${k}`,
      alt,
      width: 650,
      height: 210,
    }),
    hdus.length === 1 ? "" : html("figcaption", {}, `HDU ${hdu}`),
  );
}

/**
 * @param {ReviewRow} row
 * @param {string} shown
 */
async function showDetail(row, shown) {
  const detail = await detailOf(row.id);
  // The observer has gone on.
  if (byId("inputImages").dataset.shown !== shown) return;
  if (detail.fault !== "") {
    byId("inputImages").replaceChildren(
      html("p", { class: "fault" }, "There is no inputImage: ", detail.fault),
    );
  }
  byId("plots").replaceChildren(...detail.hdus.flatMap(plots));
  byId("cards").replaceChildren(
    ...detail.cards.map((card) =>
      html("tr", {}, ...card.map((text) => html("td", {}, text)))
    ),
  );
}

/** @param {Omit<SeenHdu, "png">} hdu */
function plots(hdu) {
  const { width, height, rotated, z1, z2 } = hdu;
  return [
    maximaChart(hdu),
    html(
      "p",
      { class: "soft" },
      `HDU ${hdu.hdu}: ${width} × ${height} pixels${
        rotated ? ", turned by 90°" : ""
      }; shown from ${short(z1)} (black) to ${short(z2)} (white).`,
    ),
  ];
}

/**
 * @param {number} id
 * @returns {Promise<Detail>}
 */
async function detailOf(id) {
  try {
    const answer = await fetch(`frame/${id}`);
    if (answer.ok) return await answer.json();
    return { hdus: [], cards: [], fault: await answer.text() };
  } catch {
    return { hdus: [], cards: [], fault: "the server does not answer" };
  }
}
