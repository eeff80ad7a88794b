/**
 * Calibrations that a set of frames lacks.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";
import {
  classesOf,
  type ClassMark,
  type FrameClass,
  isAlike,
  serves,
} from "./frame_class.ts";

/** A frame that has a type: what the pixels say, or a person. */
export interface TypedFrame {
  /** Path. */
  readonly file: string;
  /** Its type. */
  readonly type: FrameType;
  /** What its header says for an observing log. */
  readonly log: LogEntry;
}

/** What may be missing. */
export type Calibration = "arc" | "flat" | "bias" | "standard";

/** A calibration that frames lack. */
export interface Gap {
  /** What is missing. */
  readonly missing: Calibration;
  /** `lack`: they cannot be reduced well; `note`: they can, but something is less good. */
  readonly weight: "lack" | "note";
  /** Instrument of the frames, where their headers tell. */
  readonly instrument: string | null;
  /** Their night, where their headers tell. */
  readonly night: string | null;
  /** What the missing frame must share with them, of what their headers tell: PypeIt's name → text. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The frames that lack it. */
  readonly files: readonly string[];
  /** Other nights of the set that have one. */
  readonly otherNights: readonly string[];
}

/** What frames need. */
interface Need {
  readonly missing: Calibration;
  /** The types that need it. */
  readonly by: readonly FrameType[];
  /** The types that serve. */
  readonly from: readonly FrameType[];
  /** What both must share. */
  readonly share: readonly string[];
  /** What they had better share, too. */
  readonly better: readonly string[];
  readonly weight: Gap["weight"];
}

const ON_SKY: readonly FrameType[] = ["science", "standard"];

/** Names of the configuration that tell which camera took the frame. */
const CAMERA = ["arm", "detector"] as const;

/** Names of the configuration that tell how the grating stood. */
const TILT = ["dispangle", "cenwave", "echangle", "xdangle"] as const;

/**
 * An arc through another slit is usual at some telescopes (Kast's arcs are taken
 * through a narrow one) and useless at those with masks, so that is but a note.
 */
const NEEDS: readonly Need[] = [
  {
    missing: "arc",
    by: ON_SKY,
    from: ["arc"],
    share: [...CAMERA, "binning", "dispname", ...TILT],
    better: ["decker", "slitwid"],
    weight: "lack",
  },
  {
    missing: "flat",
    by: ON_SKY,
    from: ["flat"],
    share: [...CAMERA, "binning", "dispname"],
    better: [],
    weight: "lack",
  },
  {
    missing: "bias",
    by: ON_SKY,
    from: ["bias", "dark"],
    share: [...CAMERA, "binning", "amp"],
    better: [],
    weight: "lack",
  },
  {
    missing: "standard",
    by: ["science"],
    from: ["standard"],
    share: ["arm", "dispname"],
    better: [],
    weight: "note",
  },
];

/**
 * What science frames and standards lack of the calibrations of their instrument
 * and night, all of the same arm, detector and binning: an arc of the same grating
 * and tilt; a flat of the same grating; a bias, or a dark, of the same amplifier.
 * A grating without a standard star, and an arc through another slit, are notes.
 *
 * Only what both headers tell is compared: a card that is missing makes no gap.
 *
 * @param frames Frames that have a type; the others are left out.
 * @returns What is lacking first, then notes; each by night and instrument.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { LogEntry } from "../header/log_entry.ts";
 * import { gapsOf } from "./missing_calibrations.ts";
 *
 * const log = { instrument: null, night: null, configuration: {} } as LogEntry;
 * const gaps = gapsOf([
 *   { file: "r1.fits", type: "science", log },
 *   { file: "r2.fits", type: "arc", log },
 *   { file: "r3.fits", type: "flat", log },
 * ]);
 * assertEquals(gaps.map(({ missing, weight }) => [missing, weight]), [
 *   ["bias", "lack"],
 *   ["standard", "note"],
 * ]);
 * ```
 */
export function gapsOf(frames: readonly TypedFrame[]): Gap[] {
  const gaps = NEEDS.flatMap((need) => gapsFor(need, frames));
  const place = ({ weight, night, instrument }: Gap) =>
    [weight, night ?? "", instrument ?? ""].join("\n");
  // Stable: within a night and an instrument in the order of the needs.
  return gaps.sort((one, other) => compare(place(one), place(other)));
}

function gapsFor(need: Need, frames: readonly TypedFrame[]): Gap[] {
  const { share, better, by, from, weight } = need;
  const wanting = frames.filter(({ type }) => by.includes(type));
  const serving = frames.filter(({ type }) => from.includes(type));
  const lacks = unserved(wanting, serving, share);
  const lacking = new Set(lacks.flatMap(({ files }) => files));
  const served = wanting.filter(({ file }) => !lacking.has(file));
  const keys = [...share, ...better];
  const lesser = better.length === 0 ? [] : unserved(served, serving, keys);
  const { missing } = need;
  return [
    ...lacks.map((gap): Gap => ({ missing, weight, ...gap })),
    ...lesser.map((gap): Gap => ({ missing, weight: "note", ...gap })),
  ];
}

/** Classes of frames that nothing serves with which they share all that both tell. */
function unserved(
  wanting: readonly TypedFrame[],
  serving: readonly TypedFrame[],
  shared: readonly string[],
): Pick<Gap, "files" | keyof ClassMark | "otherNights">[] {
  const calibrations = classesOf(serving, shared);
  const left = classesOf(wanting, shared).filter((frames) =>
    !calibrations.some((one) => serves(one, frames, shared))
  );
  return merged(left).map((frames) => ({
    ...frames,
    otherNights: nightsOf(
      calibrations.filter((one) =>
        serves({ ...one, night: null }, frames, shared)
      ),
    ),
  }));
}

/** Classes that one calibration would serve, as one: their numbers but jitter. */
function merged(classes: readonly FrameClass[]): FrameClass[] {
  const kept: FrameClass[] = [];
  for (const one of classes) {
    const k = kept.findIndex((other) => isAlike(other, one));
    if (k < 0) kept.push(one);
    else kept[k] = { ...kept[k]!, files: [...kept[k]!.files, ...one.files] };
  }
  return kept;
}

function nightsOf(classes: readonly FrameClass[]): string[] {
  const nights = classes.flatMap(({ night }) => night === null ? [] : [night]);
  return [...new Set(nights)].sort();
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
