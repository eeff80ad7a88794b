/**
 * Rules of an instrument, as `docs/rules.md` tells them: which frames they are
 * for, what of a header claims a type, and which cards an observing log is read
 * from. Data only: they go to workers by message.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";

/** What a card is compared with. */
export interface Operand {
  /** In the form of `plainValue`: what equality looks at. */
  readonly plain: string;
  /** The number that it spells; `null` when it spells none. */
  readonly number: number | null;
  /** The pattern that it is behind `~`; `null` elsewhere. */
  readonly pattern: RegExp | null;
}

/** How a card and an operand are to relate. */
export type Relation = "==" | "~" | "<" | "<=" | ">" | ">=";

/** `LAMPSTA1..5 == on`: holds when any of the cards relates so to any of the operands. */
export interface Comparison {
  /** Whether the line has `not` before it, or `!=` in it. */
  readonly negated: boolean;
  /** Keywords, ranges written out. */
  readonly cards: readonly string[];
  /** What is asked of them. */
  readonly relation: Relation;
  /** One, or several of which any will do. */
  readonly operands: readonly Operand[];
}

/** Comparisons joined by `or`, of which each is a list of those joined by `and`. */
export type Condition = readonly (readonly Comparison[])[];

/** `arc : OBSTYPE == COMP`. */
export interface ClaimRule {
  /** The type that is claimed when the condition holds. */
  readonly type: FrameType;
  /** When it is. */
  readonly condition: Condition;
  /** How many times `otherwise` stands before it. */
  readonly rank: number;
}

/** Where a value comes from: cards, or a text that stands for itself. */
export type Source =
  | {
    /** Keywords; where there are several, all must be there, and their values are joined. */
    readonly cards: readonly string[];
    /** Whether the two numbers of the value change places, as of a binning. */
    readonly swapped: boolean;
  }
  | {
    /** The value. */
    readonly text: string;
  };

/** `dispname = GRISM_N if VERSION == kastb`. */
export interface Reading {
  /** Tried in turn. */
  readonly sources: readonly Source[];
  /** When they count; `null` for always. */
  readonly condition: Condition | null;
}

/** What an observing log is read from. */
export const LOG_NAMES = [
  "instrument",
  "longitude",
  "start",
  "mjd",
  "exposure",
  "target",
  "ra",
  "dec",
  "airmass",
] as const;

/** Name of a column of the log. */
export type LogName = typeof LOG_NAMES[number];

/**
 * What a configuration may be described by: metadata that PypeIt's spectrographs list as
 * their configuration (`configuration_keys`), or write into a `.pypeit` file.
 */
export const CONFIGURATION_NAMES = [
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
  "mode",
  "slitwid",
  "xdangle",
] as const;

/** Name of a part of the configuration. */
export type ConfigurationName = typeof CONFIGURATION_NAMES[number];

/** The rules of one file. */
export interface Rules {
  /** The frames that they are for; `null` for all. */
  readonly frames: Condition | null;
  /** What claims a type, in the order of the file. */
  readonly claims: readonly ClaimRule[];
  /** What the log and the configuration are read from. */
  readonly readings: Readonly<
    Partial<Record<LogName | ConfigurationName, readonly Reading[]>>
  >;
}
