/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * A frame on the contact sheet.
 *
 * @module
 */
import { basename } from "../../io/path.ts";
import type { PixelVerdict } from "../../classify/verdict.ts";
import { doubtOf } from "../../calibration/triage.ts";
import { THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH } from "../input_image_png.ts";
import { probabilityText } from "../probability_text.ts";
import { reasonText } from "../reason_text.ts";
import type { SheetFrame } from "./sheet_frame.ts";

/** What a frame is shown under: a person's word for it, else the pixels'. */
export function shownType({ verdict, label }: SheetFrame): string {
  return label ?? verdict.type ?? "error";
}

/** The card of a frame; the scripts of the page read its `data-` attributes. */
export function Card({ frame }: { readonly frame: SheetFrame }) {
  const { id, verdict, label, thumbnails } = frame;
  const { file, probability, header, agreement, log } = verdict;
  const doubt = doubtOf(verdict);
  const words = [file, log?.target, log?.instrument, header?.evidence, label];
  return (
    <li
      class={`frame ${doubt ?? ""}`}
      id={`f${id}`}
      data-type={shownType(frame)}
      data-doubt={doubt ?? ""}
      data-agreement={agreement ?? ""}
      data-night={log?.night ?? ""}
      data-instrument={log?.instrument ?? ""}
      data-time={log?.mjd ?? ""}
      data-probability={probability ?? ""}
      data-words={words.filter((word) => word).join(" ").toLowerCase()}
    >
      <button type="button" class="open" data-open={id}>
        <InputImages thumbnails={thumbnails} />
        <span class="name">{basename(file)}</span>
        <span class="line">
          <b class="type">{shownType(frame)}</b>
          {probability !== null && (
            <span class="number">{probabilityText(probability)}</span>
          )}
          <span class="soft">{votesText(verdict.pixels?.votes ?? {})}</span>
          {doubt === "conflict" && <span class="mark">conflict</span>}
        </span>
        <span class="soft">{saysText(frame)}</span>
      </button>
    </li>
  );
}

function InputImages(
  { thumbnails }: { readonly thumbnails: readonly string[] },
) {
  if (thumbnails.length === 0) return <span class="none">no inputImage</span>;
  return (
    <span class="inputImages">
      {thumbnails.map((uri, hdu) => (
        <img
          key={hdu}
          src={uri}
          alt=""
          width={THUMBNAIL_WIDTH}
          height={THUMBNAIL_HEIGHT}
          loading="lazy"
          decoding="async"
        />
      ))}
    </span>
  );
}

/** Votes as `4 arc` or `3 arc 1 flat`. */
function votesText(votes: PixelVerdict["votes"]): string {
  return Object.entries(votes).sort(([, one], [, other]) => other - one)
    .map(([type, count]) => `${count} ${type}`).join(" ");
}

function saysText({ verdict, label }: SheetFrame): string {
  const { header, error } = verdict;
  if (error !== null) return error.message;
  const parts = [
    ...(label === null ? [] : [`by hand; the pixels say ${verdict.type}`]),
    reasonText(verdict),
    header?.evidence
      ? `header: ${header.type ?? "contradicts itself"} (${header.evidence})`
      : "header: silent",
  ];
  return parts.filter((part) => part !== "").join("; ");
}
