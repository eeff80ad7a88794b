/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import { renderToString } from "preact-render-to-string";
import { basename } from "../../std.ts";
import type { HduPreview } from "../../classify/inputs.ts";
import type { Verdict } from "../../classify/verdict.ts";
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
import { formatProbability } from "../text.ts";
import { plotRowMaxima } from "./row_maxima_plot.ts";

export interface ReportFrame {
  /** Index among the frames added, from 0; it names the frame in the page. */
  readonly id: number;
  /** The verdict, with the label of a person applied. */
  readonly verdict: Verdict;
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

/** The card of a frame. The script of the page filters and sorts by its `data-` attributes. */
export function Card({ frame, attention }: {
  readonly frame: ReportFrame;
  /** `undefined` if nobody needs to look at the frame. */
  readonly attention: Attention | undefined;
}) {
  const { id, verdict, thumbnails } = frame;
  const { file, log } = verdict;
  const explanation = attention?.text ||
    (findReviewReason(verdict) === null ? "" : explainAnswer(verdict));
  return (
    <li
      class={`frame ${attention?.reason ?? ""}`}
      id={`f${id}`}
      data-type={groupOf(verdict)}
      data-review={attention?.reason ?? ""}
      data-night={log?.night ?? ""}
      data-instrument={log?.instrument ?? ""}
      data-time={log?.mjd ?? ""}
      data-probability={verdict.probability ?? ""}
      data-words={listWords(verdict).join(" ").toLowerCase()}
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
        <Answer verdict={verdict} />
        <span class="soft">
          {explanation ||
            [log?.target, formatExposure(verdict)].filter(Boolean).join(" · ")}
        </span>
      </button>
    </li>
  );
}

/** The words by which a frame is found. */
function listWords({ file, log, header, subtype, decided_by }: Verdict) {
  return [
    file,
    log?.target,
    log?.instrument,
    header?.evidence,
    header?.standard?.name,
    subtype,
    ...decided_by,
  ].filter((word) => word);
}

/** The type with its probability, and a mark if the frame is unusable or in conflict. */
function Answer({ verdict }: { readonly verdict: Verdict }) {
  const { probability } = verdict;
  const reason = findReviewReason(verdict);
  return (
    <span class="line">
      <b>{formatAnswer(verdict)}</b>
      {probability !== null && (
        <span class="number">{formatProbability(probability)}</span>
      )}
      {isLabelled(verdict) && <span class="soft">by hand</span>}
      {(reason === "conflict" || reason === "unusable") && (
        <span class="mark">{reason}</span>
      )}
    </span>
  );
}

/** Renders what the page shows when a frame is opened, as HTML. */
export function renderDetails(
  verdict: Verdict,
  previews: readonly HduPreview[],
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
      {previews.slice(0, MAX_HDUS).map((hdu) => (
        <Hdu
          key={hdu.hdu}
          hdu={hdu}
        />
      ))}
      {more > 0 && <p>{more} more HDUs were classified.</p>}
      <div class="columns">
        <Probabilities verdict={verdict} />
        <Facts verdict={verdict} />
      </div>
      {previews[0] !== undefined && <HeaderCards hdu={previews[0]} />}
    </>,
  );
}

/** The evidence side by side. */
function EvidenceList({ verdict }: { readonly verdict: Verdict }) {
  return (
    <dl class="evidence">
      {listEvidence(verdict).map((item) => {
        const role = describeRole(item);
        return (
          <div key={item.kind} class={role}>
            <dt>{item.kind} {role !== "" && <span>{role}</span>}</dt>
            <dd>{item.value || <span class="soft">none</span>}</dd>
            {item.note !== "" && <dd class="soft">{item.note}</dd>}
          </div>
        );
      })}
    </dl>
  );
}

function describeRole({ decides, contradicts }: EvidenceItem): string {
  return contradicts ? "contradicts" : decides ? "decides" : "";
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

function Facts({ verdict: { log, header, error, model } }: {
  readonly verdict: Verdict;
}) {
  const facts: [name: string, text: string | null | undefined][] = [
    ["instrument", log?.instrument],
    ["night", log?.night],
    ["start", log?.start],
    [
      "configuration",
      Object.entries(log?.configuration ?? {})
        .map((part) => part.join(" ")).join(", "),
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

/** The probability of each type: combined, and by the pixels alone. */
function Probabilities({ verdict }: { readonly verdict: Verdict }) {
  const rows = listProbabilities(verdict);
  if (rows.length === 0) return null;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Probability</th>
          <th scope="col" colspan={2}>all evidence</th>
          <th scope="col">pixels</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ type, combined, pixels }) => (
          <tr key={type}>
            <th scope="row">{type}</th>
            <td>
              <meter value={combined} aria-label={`probability of ${type}`} />
            </td>
            <td class="number">{formatProbability(combined)}</td>
            <td class="number">
              {pixels === null ? "" : formatProbability(pixels)}
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
