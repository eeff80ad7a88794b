/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { basename } from "../../std.ts";
import { findNightLabel } from "../../calibration/night.ts";
import type { HduPreview } from "../../classify/inputs.ts";
import { FRAME_TYPES, type FrameType } from "../../frame_type.ts";
import type { FrameStatistics, Verdict } from "../../classify/verdict.ts";
import { formatMjd } from "../../header/card_values.ts";
import {
  findReviewReason,
  isLabelled,
  REVIEW_REASONS,
} from "../../calibration/triage.ts";
import {
  encodeInputImageUri,
  encodeThumbnailUri,
  THUMBNAIL_HEIGHT,
  THUMBNAIL_WIDTH,
} from "../png.ts";
import {
  type EvidenceItem,
  explainAnswer,
  formatAnswer,
  formatExposure,
  listEvidence,
  listProbabilities,
} from "../explanation.ts";
import { formatValues } from "../configurations.ts";
import { formatObjection } from "../note.ts";
import { formatDecidedBy, formatNumber, formatProbability } from "../text.ts";
import { plotRowMaxima } from "./row_maxima_plot.ts";
import type { Site } from "./site.ts";

export interface ReportFrame {
  /** Index among the frames added, from 0; it names the frame in the page. */
  readonly id: number;
  /** The verdict, with the label of a person applied. */
  readonly verdict: Verdict;
  /** Thumbnails of its HDUs as `data:` URIs; empty for a frame with an error. */
  readonly thumbnails: readonly string[];
  /** Where it was taken; `null` if that is unknown. */
  readonly site: Site | null;
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

/** Returns the group in which a frame is listed: its type, `other` or `error`. */
export function groupOf(verdict: Verdict): string {
  return verdict.reason === "labelled_other"
    ? "other"
    : verdict.type ?? "error";
}

/** Why a person should look at a frame, the most urgent first. */
export const ATTENTION_REASONS = [
  ...REVIEW_REASONS,
  "outlier",
  "incomplete",
] as const;

/** Why a person should look at a frame. */
export interface Attention {
  readonly reason: typeof ATTENTION_REASONS[number];
  /** What the verdict does not say; empty for nothing. */
  readonly text: string;
}

/** The frames that a person must look at, or decide about, by path. */
export type AttentionByFile = ReadonlyMap<string, Attention>;

/** Formats the time of day, UT: `03:14`. */
export function formatTime(mjd: number): string {
  return formatMjd(mjd).slice(11, 16);
}

/** Probability below which an answer is worth its number on a card. */
const SURE = 0.9;

/** A frame with what the others of the night say about it. */
export interface DescribedFrame {
  readonly frame: ReportFrame;
  /** `undefined` if nobody needs to look at the frame. */
  readonly attention: Attention | undefined;
  /** Names of its configurations. */
  readonly configurations: readonly string[];
}

/** The card of a frame. The script of the page filters and sorts by its `data-` attributes. */
export function Card({ frame, attention, configurations }: DescribedFrame) {
  const { id, verdict, thumbnails } = frame;
  const { file, log } = verdict;
  const type = groupOf(verdict);
  const { probability } = verdict;
  const evidence = describeEvidence(verdict);
  // The target of a calibration is often no more than its type.
  const target = log?.target?.toLowerCase() === type ? "" : log?.target ?? "";
  return (
    <li
      class={`frame t-${type} ${attention?.reason ?? ""}`}
      id={`f${id}`}
      data-type={type}
      data-review={attention?.reason ?? ""}
      data-night={log === null ? "" : findNightLabel(log) ?? ""}
      data-instrument={log?.instrument ?? ""}
      data-configuration={configurations.join(SEPARATOR)}
      data-time={log?.mjd ?? ""}
      data-probability={verdict.probability ?? ""}
      data-words={listWords(verdict, configurations).join(" ").toLowerCase()}
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
        <span class="line">
          <span class="file">{basename(file)}</span>
          {typeof log?.mjd === "number" && (
            <span class="soft by">{formatTime(log.mjd)}</span>
          )}
        </span>
        <span class="line">
          <b class={`name t-${type}`}>{formatAnswer(verdict)}</b>
          {probability !== null && probability < SURE && (
            <span class="number">{formatProbability(probability)}</span>
          )}
          <span class="soft by">{formatExposure(verdict)}</span>
        </span>
        {(target !== "" || evidence !== "") && (
          <span class="line">
            <span class="soft target">{target}</span>
            <span class="soft by">{evidence}</span>
          </span>
        )}
        {attention !== undefined && (
          <span class="note">{describeAttention(verdict, attention)}</span>
        )}
      </button>
    </li>
  );
}

/** Separates the configurations of a frame in its attribute. */
export const SEPARATOR = "|";

function describeAttention(
  verdict: Verdict,
  { reason, text }: Attention,
): string {
  if (text !== "") return text;
  if (findReviewReason(verdict) === null) return reason;
  return formatObjection(verdict) || explainAnswer(verdict);
}

/** Headings of the columns of the observing log, with the names by which a page is sorted. */
export const LOG_HEADINGS = [
  "UT",
  "frame",
  "target",
  "exposure",
  "airmass",
  "type",
  "probability",
  "configuration",
  "note",
] as const;

/** The row of a frame in the observing log. */
export function LogRow(
  { frame, attention, configurations, isDated }: DescribedFrame & {
    /** Whether the date is shown, besides the time. */
    readonly isDated: boolean;
  },
) {
  const { id, verdict } = frame;
  const { file, log, probability } = verdict;
  const start = typeof log?.mjd === "number"
    ? formatMjd(log.mjd).slice(0, 19).split("T")
    : [];
  const type = groupOf(verdict);
  return (
    <tr
      id={`l${id}`}
      data-id={id}
      class={attention === undefined ? undefined : "review"}
    >
      <td class="time" data-sort={log?.mjd ?? ""}>
        {isDated && <span class="soft">{start[0]}</span>} {start[1]}
      </td>
      <th scope="row">
        <button type="button" class="link" data-open={id}>
          {basename(file)}
        </button>
      </th>
      <td>{log?.target}</td>
      <td class="number" data-sort={log?.exposure ?? ""}>
        {formatExposure(verdict)}
      </td>
      <td class="number" data-sort={log?.airmass ?? ""}>
        {log?.airmass?.toFixed(2)}
      </td>
      <td>
        <b class={`name t-${type}`}>{formatAnswer(verdict)}</b>
      </td>
      <td class="number" data-sort={probability ?? ""}>
        {probability === null ? "" : formatProbability(probability)}
      </td>
      <td>{configurations.join(", ")}</td>
      <td class="note">
        {attention !== undefined && describeAttention(verdict, attention)}
      </td>
    </tr>
  );
}

/** The words by which a frame is found. */
function listWords(verdict: Verdict, configurations: readonly string[]) {
  const { file, log, header, subtype, decided_by, flags } = verdict;
  return [
    file,
    groupOf(verdict),
    formatExposure(verdict),
    log?.start,
    ...configurations,
    ...flags,
    log?.target,
    log?.instrument,
    header?.evidence,
    header?.standard?.name,
    subtype,
    ...decided_by,
  ].filter((word) => word);
}

/** What decided the type; empty where that was the light alone. */
function describeEvidence(verdict: Verdict): string {
  if (isLabelled(verdict)) return "by hand";
  const decided = formatDecidedBy(verdict.decided_by);
  return decided === "pixels" ? "" : decided;
}

/** The type with its probability, and what decided it if that was not the light alone. */
function Answer({ verdict }: { readonly verdict: Verdict }) {
  const { probability } = verdict;
  const evidence = describeEvidence(verdict);
  return (
    <span class="line">
      <b class={`name t-${groupOf(verdict)}`}>{formatAnswer(verdict)}</b>
      {probability !== null && (
        <span class="number">{formatProbability(probability)}</span>
      )}
      {evidence !== "" && <span class="soft by">{evidence}</span>}
    </span>
  );
}

/** Where the page finds the pixels of a frame: `client/viewer.js` appends the index of an HDU. */
export interface PixelSource {
  /** The beginning of the id of a data block, as `#p3-`, or of the path of a script. */
  readonly src: string;
  /** Which report wrote the scripts, so that it does not show those of another one. */
  readonly run?: string;
}

/**
 * Renders what the page shows when a frame is opened, as HTML.
 *
 * @param pixels Default: the pixels cannot be shown.
 */
export function renderDetails(
  verdict: Verdict,
  previews: readonly HduPreview[],
  pixels?: PixelSource,
): string {
  const more = previews.length - MAX_HDUS;
  return renderToString(
    <>
      <h2 id="title">{verdict.file}</h2>
      <p class={`answer ${findReviewReason(verdict) ?? ""}`}>
        <Answer verdict={verdict} />
        <span>{explainAnswer(verdict)}</span>
      </p>
      <EvidenceList verdict={verdict} />
      {pixels !== undefined && previews.length > 0 &&
        h("spit-viewer", {
          ...pixels,
          hdus: previews.map(({ hdu }) => hdu).join(" "),
        })}
      {previews.slice(0, MAX_HDUS).map((hdu) => (
        <Hdu
          key={hdu.hdu}
          hdu={hdu}
        />
      ))}
      {more > 0 && <p>{more} more HDUs were classified.</p>}
      <div class="columns">
        <Facts verdict={verdict} />
        {verdict.pixels?.statistics && (
          <Statistics statistics={verdict.pixels.statistics} />
        )}
      </div>
      {previews[0] !== undefined && (
        <HeaderCards count={previews[0].cards.length} />
      )}
    </>,
  );
}

/** The evidence side by side, and the probabilities that follow from all of it. */
function EvidenceList({ verdict }: { readonly verdict: Verdict }) {
  const probabilities = listProbabilities(verdict)
    .toSorted(({ type: one }, { type: other }) =>
      FRAME_TYPES.indexOf(one) - FRAME_TYPES.indexOf(other)
    );
  const isKnown = probabilities.length > 0;
  // Of a file that cannot be read, only what its header says is known.
  const items = listEvidence(verdict).filter(({ value }) =>
    verdict.error === null || value !== ""
  );
  if (items.length === 0) return null;
  return (
    <dl class="evidence">
      {items.map((item) => {
        const role = describeRole(item);
        const isPixels = item.kind === "pixels" && isKnown;
        return (
          <div key={item.kind} class={`${item.kind} ${role}`}>
            <dt>{item.kind} {role !== "" && <span>{role}</span>}</dt>
            {isPixels
              ? (
                <dd>
                  <Bars
                    values={probabilities.map(({ type, pixels }) =>
                      [type, pixels] as const
                    )}
                  />
                </dd>
              )
              : <dd>{item.value || <span class="soft">none</span>}</dd>}
            {isPixels
              ? !item.value.startsWith(verdict.type ?? "") && (
                <dd class="soft">{item.value}</dd>
              )
              : item.note !== "" && <dd class="soft">{item.note}</dd>}
          </div>
        );
      })}
      {isKnown && (
        <div class="all">
          <dt>all evidence</dt>
          <dd>
            <Bars
              values={probabilities.map(({ type, combined }) =>
                [type, combined] as const
              )}
            />
          </dd>
        </div>
      )}
    </dl>
  );
}

/** The probability of each type as a bar; without one for a type that has none. */
function Bars({ values }: {
  readonly values: readonly (readonly [FrameType, number | null])[];
}) {
  return (
    <ul class="bars">
      {values.map(([type, value]) => (
        <li key={type} class={`t-${type}`}>
          <span>{type}</span>
          <i>
            <i style={`width:${(100 * (value ?? 0)).toFixed(1)}%`}></i>
          </i>
          <span class="number">
            {value === null ? "–" : formatProbability(value)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function describeRole({ decides, contradicts }: EvidenceItem): string {
  return contradicts ? "contradicts" : decides ? "decides" : "";
}

function Hdu({ hdu }: { readonly hdu: HduPreview }) {
  const { viewBox, path, clipped, keptX, keptWidth, caption } = plotRowMaxima(
    hdu,
  );
  return (
    <figure>
      <img
        src={encodeInputImageUri(hdu.inputImage.pixels, IMAGE_LEVELS)}
        alt={`HDU ${hdu.hdu}: the input image of the network`}
        width={650}
        height={210}
      />
      <svg
        class="plot"
        viewBox={viewBox}
        preserveAspectRatio="none"
        role="img"
        aria-label="Row maxima"
      >
        <rect class="kept" x={keptX} width={keptWidth} height="100%" />
        <path d={path} />
        {clipped !== "" && <path class="clipped" d={clipped} />}
      </svg>
      <figcaption class="soft">{caption}</figcaption>
    </figure>
  );
}

function Facts({ verdict: { log, header, error, model } }: {
  readonly verdict: Verdict;
}) {
  const facts: [name: string, text: string | null | undefined][] = [
    ["instrument", log?.instrument],
    ["night", log?.night],
    ["start, UT", log?.start?.replace("T", " ")],
    ["airmass", log?.airmass?.toFixed(2)],
    [
      "configuration",
      formatValues(log?.configuration ?? {}),
    ],
    ["HDUs differ", header?.differs.join("; ")],
    ["error", error && `${error.code}: ${error.message}`],
    ["model", model],
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

/** What is measured on the pixels. */
function Statistics({ statistics }: { readonly statistics: FrameStatistics }) {
  const { size, level, bright, noise, saturated, lines } = statistics;
  const facts: [name: string, text: string][] = [
    ["size", size.join(" × ")],
    ["level (median)", `${formatNumber(level)} counts`],
    ["99th percentile", `${formatNumber(bright)} counts`],
    ["noise", `${formatNumber(noise)} counts`],
    ["at the highest value", `${formatNumber(100 * saturated)} %`],
    ["emission lines", formatNumber(lines)],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, text]) => (
        <>
          <dt>{name}</dt>
          <dd class="number">{text}</dd>
        </>
      ))}
    </dl>
  );
}

/** The header; the script of the page fills the table with the cards of {@linkcode listCards}. */
function HeaderCards({ count }: { readonly count: number }) {
  return (
    <details open>
      <summary>Header, {count} cards</summary>
      <input
        type="search"
        aria-label="Search the header"
        placeholder="Search the header"
      />
      <div class="scroll" tabindex={0} role="region" aria-label="Header">
        <table class="cards">
          <tbody></tbody>
        </table>
      </div>
    </details>
  );
}

/** Returns the cards of the first HDU as texts: keyword, value, comment. */
export function listCards(
  previews: readonly HduPreview[],
): [keyword: string, value: string, comment: string][] {
  return (previews[0]?.cards ?? []).map(({ keyword, value, comment }) => [
    keyword,
    value === null ? "" : String(value),
    comment,
  ]);
}
