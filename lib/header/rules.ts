/**
 * The rules of an instrument, described in `docs/rules.md`: for which frames they are,
 * which cards claim a type, and which cards an observing log is read from. They are plain
 * data, because they are sent to workers.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { Subtype } from "./subtype.ts";

/** A value that a card is compared with. */
export interface Operand {
  /** The text in the form of `normalizeText`, for equality. */
  readonly normalized: string;
  /** The text as a number; `null` if it is not a number. */
  readonly number: number | null;
  /** The text as a pattern, for a relation of texts; `null` for other relations. */
  readonly pattern: RegExp | null;
  /** A text in lower case that every text that matches the pattern contains. */
  readonly part: string;
}

/** Relations of texts, which compare with a pattern. */
export const TEXT_RELATIONS = ["~", "contains", "consists of"] as const;

export type Relation =
  | "=="
  | "<"
  | "<="
  | ">"
  | ">="
  | typeof TEXT_RELATIONS[number];

/** `LAMPSTA1..5 == on`: true if any of the cards relates to any of the operands. */
export interface Comparison {
  /** Whether the comparison is negated, by `not` or `!=`. */
  readonly negated: boolean;
  /** Keywords, with ranges expanded. */
  readonly cards: readonly string[];
  /** Keywords with a `*` for any text, as what stands before it and what stands after. */
  readonly patterns: readonly (readonly [start: string, end: string])[];
  readonly relation: Relation;
  readonly operands: readonly Operand[];
}

/** A disjunction (`or`) of conjunctions (`and`) of comparisons. */
export type Condition = readonly (readonly Comparison[])[];

/** What a rule can claim: a type, or `light` if only the shutter is known to have been open. */
export type ClaimedType = FrameType | "light";

/** `arc : OBSTYPE == COMP`, `twilight : OBJECT == sky flat`, or both words. */
export interface ClaimRule {
  /** The claimed type; `null` if the rule claims only a subtype. */
  readonly type: ClaimedType | null;
  /** The claimed subtype; `null` if the rule claims only a type. */
  readonly subtype: Subtype | null;
  readonly condition: Condition;
  /** Number of lines `otherwise` before this one. */
  readonly rank: number;
}

/**
 * How the value of a source differs from what is read: its two numbers are swapped, as of
 * a binning; it is a time in milliseconds or microseconds; it is an angle whose number is in
 * hours; or it is the end of the exposure, and not its start.
 */
export const SOURCE_FORMS = [
  "swapped",
  "milliseconds",
  "microseconds",
  "hours",
  "end",
] as const;

/** What a value is read from: cards, or a literal text. */
export type Source =
  | {
    /** Keywords. All cards must exist; their values are joined. */
    readonly cards: readonly string[];
    readonly form: typeof SOURCE_FORMS[number] | null;
  }
  | {
    readonly text: string;
  };

/** `dispname = GRISM_N if VERSION == kastb`. */
export interface Reading {
  /** Sources, tried in turn. */
  readonly sources: readonly Source[];
  /** When the line applies; `null` for always. */
  readonly condition: Condition | null;
}

export const LOG_COLUMNS = [
  "instrument",
  "night",
  "longitude",
  "start",
  "mjd",
  "exposure",
  "target",
  "ra",
  "dec",
  "airmass",
] as const;

export type LogColumn = typeof LOG_COLUMNS[number];

/**
 * What the matching of standard stars needs besides the log: the equinox of `ra` and `dec`
 * in years, and the largest separation of a match in arcseconds.
 */
export const POINTING_KEYS = ["equinox", "tolerance"] as const;

export type PointingKey = typeof POINTING_KEYS[number];

/**
 * Keys of a configuration that rules read: metadata that PypeIt's spectrographs list in
 * `configuration_keys`, or write into a `.pypeit` file; and three for the read-out, `gain`,
 * `readout` (its mode or speed) and `window` (the part of the detector).
 */
export const CONFIGURATION_KEYS = [
  "amp",
  "arm",
  "binning",
  "cenwave",
  "datasec",
  "decker",
  "detector",
  "dichroic",
  "dispangle",
  "dispname",
  "echangle",
  "filter1",
  "filter2",
  "gain",
  "mode",
  "readout",
  "slitwid",
  "window",
  "xdangle",
] as const;

/** Keys of the detector, which `generic.rules` reads where a file does not define them. */
export const DETECTOR_READINGS = [
  "amp",
  "arm",
  "binning",
  "detector",
  "gain",
  "readout",
  "window",
] as const satisfies readonly (typeof CONFIGURATION_KEYS[number])[];

/** Keys of a configuration: those that rules read, and the size of the image. */
export type ConfigurationKey = typeof CONFIGURATION_KEYS[number] | "size";

/** Everything that rules read. */
export type ReadingName =
  | LogColumn
  | PointingKey
  | typeof CONFIGURATION_KEYS[number];

/** The rules of one file, as `readRules` returns them. Their content is not public. */
export interface Rules {
  /** Path of the rules file, or the name of a built-in one. */
  readonly file: string;
}

/** The content of {@linkcode Rules}. */
export interface ParsedRules extends Rules {
  /** The frames that the rules are for; `null` for all. */
  readonly frames: Condition | null;
  /** The cards that the word `type` stands for at the end of the file. */
  readonly typeCards: readonly string[];
  /** Rules that claim a type or a subtype, in the order of the file. */
  readonly claims: readonly ClaimRule[];
  /** Where the columns of the log, the pointing and the configuration are read from. */
  readonly readings: Readonly<Partial<Record<ReadingName, readonly Reading[]>>>;
}
