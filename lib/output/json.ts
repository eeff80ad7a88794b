import type { PixelVerdict, Verdict } from "../classify/verdict.ts";
import type { ExtraCells, Formatter } from "./formats.ts";
import { roundProbability } from "./text.ts";

/** Creates a formatter of NDJSON: one object a line, keys in the order of {@linkcode Verdict}. */
export function createNdjsonFormatter(): Formatter {
  return {
    begin: () => "",
    row: (verdict, extra) => stringifyVerdict(verdict, extra) + "\n",
    end: () => "",
  };
}

/** Creates a formatter of one JSON array, with one verdict a line. */
export function createJsonFormatter(): Formatter {
  let separator = "\n  ";
  return {
    begin: () => "[",
    row(verdict, extra) {
      const text = separator + stringifyVerdict(verdict, extra);
      separator = ",\n  ";
      return text;
    },
    end: () => "\n]\n",
  };
}

/** Returns a verdict as one line of JSON, without its line break; `extra` keys come last. */
export function stringifyVerdict(
  verdict: Verdict,
  extra: ExtraCells = {},
): string {
  // JSON allows these characters unescaped, but some of them control terminals.
  return JSON.stringify({ ...roundVerdict(verdict), ...extra }).replace(
    /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      character.split("").map((unit) =>
        "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0")
      ).join(""),
  );
}

/** Returns a verdict with its probabilities rounded to six decimals, for the machine formats. */
export function roundVerdict(verdict: Verdict): Verdict {
  if (verdict.error !== null) return verdict;
  const { probability, probabilities, pixels } = verdict;
  return {
    ...verdict,
    probability: probability === null ? null : roundProbability(probability),
    probabilities: roundValues(probabilities),
    pixels: {
      ...pixels,
      probability: roundProbability(pixels.probability),
      probabilities: roundValues(pixels.probabilities),
      ood: roundOod(pixels),
      ...(pixels.hdus && {
        hdus: pixels.hdus.map((hdu) => ({
          ...hdu,
          probability: roundProbability(hdu.probability),
          ood: roundOod(hdu),
        })),
      }),
    },
  };
}

function roundOod({ ood }: Pick<PixelVerdict, "ood">): number | null {
  return ood === null ? null : roundProbability(ood);
}

function roundValues(
  probabilities: PixelVerdict["probabilities"],
): PixelVerdict["probabilities"] {
  return Object.fromEntries(
    Object.entries(probabilities)
      .map(([type, probability]) => [type, roundProbability(probability)]),
  );
}
