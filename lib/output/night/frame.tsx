/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { renderToString } from "preact-render-to-string";
import { basename } from "../../std.ts";
import type { HduPreview } from "../../classify/inputs.ts";
import type { Verdict } from "../../classify/verdict.ts";
import { findReviewReason } from "../../calibration/triage.ts";
import type { Label } from "../../evaluation/labels.ts";
import {
  encodeInputImageUri,
  encodeThumbnailUri,
  THUMBNAIL_HEIGHT,
  THUMBNAIL_WIDTH,
} from "../png.ts";
import { formatProbability, formatReason, formatVotes } from "../text.ts";
import { plotRowMaxima } from "./row_maxima_plot.ts";

export interface ReportFrame {
  /** Index among the frames added, from 0; it names the frame in the page. */
  readonly id: number;
  readonly verdict: Verdict;
  /** Label by hand. */
  readonly label: Label | null;
  /** Thumbnails of its HDUs as `data:` URIs; empty for a frame with an error. */
  readonly thumbnails: readonly string[];
}

/** HDUs of a frame that are shown; the others are counted. */
const MAX_HDUS = 4;

/** Grey levels of the PNGs: fewer levels make the page smaller without visible loss. */
const THUMBNAIL_LEVELS = 16;
const IMAGE_LEVELS = 32;

export function renderThumbnails(previews: readonly HduPreview[]): string[] {
  return previews.slice(0, MAX_HDUS).map(({ inputImage }) =>
    encodeThumbnailUri(inputImage.pixels, THUMBNAIL_LEVELS)
  );
}

/** Returns the group in which a frame is listed: its label, or its type. */
export function groupOf({ verdict, label }: ReportFrame): string {
  return label ?? verdict.type ?? "error";
}

/** The card of a frame. The script of the page filters and sorts by its `data-` attributes. */
export function Card({ frame }: { readonly frame: ReportFrame }) {
  const { id, verdict, label, thumbnails } = frame;
  const { file, type, probability, pixels, header, log, error } = verdict;
  const reviewReason = findReviewReason(verdict);
  const words = [file, log?.target, log?.instrument, header?.evidence, label];
  const notes = error !== null ? [error.message] : [
    label === null ? "" : `label by hand; pixels: ${type}`,
    formatReason(verdict),
    `header: ${describeClaim(verdict) || "no type"}`,
  ];
  return (
    <li
      class={`frame ${reviewReason ?? ""}`}
      id={`f${id}`}
      data-type={groupOf(frame)}
      data-review={reviewReason ?? ""}
      data-night={log?.night ?? ""}
      data-instrument={log?.instrument ?? ""}
      data-time={log?.mjd ?? ""}
      data-probability={probability ?? ""}
      data-words={words.filter(Boolean).join(" ").toLowerCase()}
    >
      <button type="button" class="open" data-open={id}>
        {thumbnails.length === 0 && <span class="none">no image</span>}
        <span class="images">
          {thumbnails.map((uri, k) => (
            <img
              key={k}
              src={uri}
              alt=""
              width={THUMBNAIL_WIDTH}
              height={THUMBNAIL_HEIGHT}
              loading="lazy"
              decoding="async"
            />
          ))}
        </span>
        <span class="name">{basename(file)}</span>
        <span class="line">
          <b>{groupOf(frame)}</b>
          {probability !== null && (
            <span class="number">{formatProbability(probability)}</span>
          )}
          <span class="soft">{formatVotes(pixels?.votes ?? {})}</span>
          {reviewReason === "conflict" && <span class="mark">conflict</span>}
        </span>
        <span class="soft">{notes.filter(Boolean).join("; ")}</span>
      </button>
    </li>
  );
}

/** Renders what the page shows when a frame is opened, as HTML. */
export function renderDetails(
  verdict: Verdict,
  label: Label | null,
  previews: readonly HduPreview[],
): string {
  const more = previews.length - MAX_HDUS;
  return renderToString(
    <>
      <h2 id="title">{verdict.file}</h2>
      {previews.slice(0, MAX_HDUS).map((hdu) => (
        <Hdu
          key={hdu.hdu}
          hdu={hdu}
        />
      ))}
      {more > 0 && <p>{more} more HDUs were classified.</p>}
      <div class="columns">
        <Facts verdict={verdict} label={label} />
        <Probabilities verdict={verdict} />
      </div>
      {previews[0] !== undefined && <HeaderCards hdu={previews[0]} />}
    </>,
  );
}

function Hdu({ hdu }: { readonly hdu: HduPreview }) {
  const { viewBox, path, keptX, keptWidth, caption } = plotRowMaxima(hdu);
  return (
    <figure>
      <img
        src={encodeInputImageUri(hdu.inputImage.pixels, IMAGE_LEVELS)}
        alt={`HDU ${hdu.hdu}: the input image of the network`}
        width={650}
        height={210}
      />
      <svg class="plot" viewBox={viewBox} role="img" aria-label="Row maxima">
        <rect class="kept" x={keptX} width={keptWidth} height="100%" />
        <path d={path} />
      </svg>
      <figcaption class="soft">{caption}</figcaption>
    </figure>
  );
}

function Facts({ verdict, label }: {
  readonly verdict: Verdict;
  readonly label: Label | null;
}) {
  const { type, probability, pixels, agreement, log, error } = verdict;
  const facts: [name: string, text: string | null | undefined | false][] = [
    ["label by hand", label],
    ["type", type],
    ["probability", probability !== null && formatProbability(probability)],
    ["reason", formatReason(verdict)],
    ["votes", formatVotes(pixels?.votes ?? {})],
    ["header", describeClaim(verdict)],
    ["agreement", agreement],
    ["target", log?.target],
    ["instrument", log?.instrument],
    ["night", log?.night],
    ["start", log?.start],
    ["exposure", typeof log?.exposure === "number" && `${log.exposure} s`],
    [
      "configuration",
      Object.entries(log?.configuration ?? {})
        .map((part) => part.join(" ")).join(", "),
    ],
    ["error", error && `${error.code}: ${error.message}`],
  ];
  return (
    <dl class="facts">
      {facts.filter(([, text]) => text).map(([name, text]) => (
        <>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </>
      ))}
    </dl>
  );
}

function Probabilities({ verdict }: { readonly verdict: Verdict }) {
  const probabilities = Object.entries(verdict.pixels?.probabilities ?? {})
    .sort(([, one], [, other]) => other - one);
  return (
    <table>
      <tbody>
        {probabilities.map(([type, probability]) => (
          <tr key={type}>
            <th scope="row">{type}</th>
            <td class="number">{formatProbability(probability)}</td>
            <td>
              <meter
                value={probability}
                aria-label={`probability of ${type}`}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function HeaderCards({ hdu: { cards } }: { readonly hdu: HduPreview }) {
  return (
    <details open>
      <summary>Header, {cards.length} cards</summary>
      <input
        type="search"
        aria-label="Search the header"
        placeholder="Search the header"
      />
      <div class="scroll" tabindex={0} role="region" aria-label="Header">
        <table class="cards">
          <tbody>
            {cards.map(({ keyword, value, comment }) => (
              <tr>
                <th scope="row">{keyword}</th>
                <td>{value === null ? "" : String(value)}</td>
                <td>{comment}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function describeClaim({ header }: Verdict): string {
  return header?.evidence
    ? `${header.type ?? "contradictory"} (${header.evidence})`
    : "";
}
