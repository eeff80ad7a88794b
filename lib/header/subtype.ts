/**
 * Subtypes: what a header says about a frame besides its type.
 *
 * @module
 */

/** What follows from a subtype. */
export interface SubtypeProperties {
  /** What the frame is. */
  readonly description: string;
  /** Whether the frame may be used as its type. */
  readonly use: boolean;
  /**
   * The PypeIt frame type in place of that of the frame's own type; `null` for the same.
   * Source: PypeIt, `pypeit/core/framematch.py` (`FrameTypeBitMask`).
   */
  readonly pypeit: string | null;
  /** Whether the frame fills the need of a calibration of its type. */
  readonly fillsNeed: boolean;
}

/** All subtypes. A frame that may not be used is commented out in a PypeIt file. */
export const SUBTYPES = {
  dome: {
    description: "the lit dome or a screen in it",
    use: true,
    pypeit: null,
    fillsNeed: true,
  },
  internal: {
    description: "a lamp inside the instrument",
    use: true,
    pypeit: null,
    fillsNeed: true,
  },
  twilight: {
    description: "the twilight sky",
    use: true,
    pypeit: "illumflat",
    fillsNeed: false,
  },
  "lamp-off": {
    description: "a flat with the lamp off, to subtract from one with the lamp",
    use: true,
    pypeit: "lampoffflats",
    fillsNeed: false,
  },
  pinhole: {
    description: "a pinhole mask",
    use: true,
    pypeit: "pinhole",
    fillsNeed: false,
  },
  slitless: {
    description: "a flat without a slit",
    use: true,
    pypeit: "slitless_pixflat",
    fillsNeed: false,
  },
  sky: {
    description: "the empty sky, to subtract from a science frame",
    use: true,
    pypeit: "sky",
    fillsNeed: false,
  },
  focus: {
    description: "a focus test",
    use: false,
    pypeit: null,
    fillsNeed: false,
  },
  hartmann: {
    description: "a Hartmann test of the focus",
    use: false,
    pypeit: null,
    fillsNeed: false,
  },
  acquisition: {
    description: "an acquisition image",
    use: false,
    pypeit: null,
    fillsNeed: false,
  },
  alignment: {
    description: "an image without a dispersing element, as of a mask",
    use: false,
    pypeit: null,
    fillsNeed: false,
  },
  test: {
    description: "a test",
    use: false,
    pypeit: null,
    fillsNeed: false,
  },
} as const satisfies Readonly<Record<string, SubtypeProperties>>;

/** What a frame is besides its type. */
export type Subtype = keyof typeof SUBTYPES;

/** Returns whether a string is a subtype. */
export function isSubtype(name: string): name is Subtype {
  return Object.hasOwn(SUBTYPES, name);
}

/** Returns whether a frame of a subtype may be used as its type; `null` is no subtype. */
export function isUsable(subtype: Subtype | null): boolean {
  return subtype === null || SUBTYPES[subtype].use;
}
