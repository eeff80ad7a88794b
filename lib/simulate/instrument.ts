/**
 * Parameters of a simulated spectrograph and its detector: everything that
 * stays the same through a night.
 *
 * @module
 */
import type { Dispersion } from "./spectrum.ts";

/** The layouts of light on the detector, described at {@linkcode Layout}. */
export const LAYOUTS = [
  "longslit",
  "window",
  "slices",
  "beams",
  "slitlets",
  "echelle",
  "orders",
  "fibres",
  "slitless",
] as const;

/**
 * How light is laid out on the detector.
 *
 * - `longslit`: the slit covers most rows.
 * - `window`: the slit covers a part of the rows.
 * - `slices`: several slits of an image slicer, one above another, which may be
 *   displaced along the dispersion.
 * - `beams`: two or more spectra of one slit, as the ordinary and the extraordinary beam
 *   of a polarimeter, or the strips of a nod-and-shuffle exposure.
 * - `slitlets`: a few short slits, or the many slitlets of a mask, which may be
 *   displaced along the dispersion.
 * - `echelle`: 6 to 100 curved orders.
 * - `orders`: two to six cross-dispersed orders, often strongly curved.
 * - `fibres`: one trace for each of 2 to 300 fibres.
 * - `slitless`: spectra of stars at any row and column, without a slit.
 */
export type Layout = typeof LAYOUTS[number];

/** A contiguous range of illuminated rows. */
export interface Slice {
  /** First row; may lie outside the detector. */
  readonly from: number;
  /** Row after the last one; may lie outside the detector. */
  readonly to: number;
  /** Relative transmission, about 1. */
  readonly transmission: number;
  /** Columns by which its spectrum is displaced along the dispersion. */
  readonly shift: number;
}

/** An order of an echelle or cross-dispersed spectrograph. */
export interface Order {
  /** Row of the order's centre at the middle column. */
  readonly row: number;
  /** Rows by which the order rises from the first column to the last. */
  readonly rise: number;
  /** Rows by which the ends of the order bend away from its middle. */
  readonly bend: number;
  /** Height in rows. */
  readonly height: number;
  /** Columns by which a spectral line moves from one row to the next. */
  readonly tilt: number;
  /** Response along the order. */
  readonly blaze: Blaze;
  /** Wavelengths of the order. */
  readonly dispersion: Dispersion;
}

/** A Gaussian response along an order. */
export interface Blaze {
  /** Position of the maximum, as a fraction of the columns. */
  readonly peak: number;
  /** Standard deviation, as a fraction of the columns. */
  readonly width: number;
}

/** Fibres, whose ends form the slit. */
export interface Fibres {
  /** Row of each fibre's centre at the middle column; may lie outside the detector. */
  readonly rows: readonly number[];
  /** Relative transmission of each fibre; 0 for a broken one. */
  readonly transmissions: readonly number[];
  /** Standard deviation of a fibre's profile, in rows. */
  readonly sigma: number;
  /** Exponent of the profile: 2 for a Gaussian, larger for a flat top. */
  readonly power: number;
  /** Rows by which a trace rises from the first column to the last. */
  readonly rise: number;
  /** Rows by which the ends of a trace bend away from its middle. */
  readonly bend: number;
  /** Whether the fibres image a contiguous field, rather than one target each. */
  readonly isBundle: boolean;
}

/** Fringes: a wavy interference pattern in the response, from 6800 Å on. */
export interface Fringes {
  /** Relative amplitude from 8800 Å on; 0 for a detector without fringes. */
  readonly amplitude: number;
  /** Period, in columns. */
  readonly period: number;
  /** Columns by which a crest moves from one row to the next. */
  readonly slant: number;
}

/** A ring of stray light, of which the detector usually shows only an arc. */
export interface Reflection {
  /** Row of the centre as a fraction of the height; may lie outside 0 to 1. */
  readonly row: number;
  /** Column of the centre as a fraction of the width; may lie outside 0 to 1. */
  readonly column: number;
  /** Radius, as a fraction of the shorter side. */
  readonly radius: number;
  /** Thickness (standard deviation), as a fraction of the shorter side. */
  readonly thickness: number;
  /** Brightness in units of the frame's mean light. */
  readonly level: number;
}

/** A spectrograph with its detector. Rows are spatial, columns spectral. */
export interface Instrument {
  /** Short name, written to `INSTRUME`. */
  readonly name: string;
  /** How light is laid out on the detector. */
  readonly layout: Layout;
  /** Number of spatial pixels. */
  readonly rows: number;
  /** Wavelengths of the columns. */
  readonly dispersion: Dispersion;
  /** Columns by which a spectral line moves from one row to the next. */
  readonly tilt: number;
  /** Columns by which a spectral line bends at the ends of the slit. */
  readonly smile: number;
  /** Illuminated rows of layouts without orders. */
  readonly slices: readonly Slice[];
  /** Whether a fibre or an image slicer spreads a star over the slit or order. */
  readonly scramblesLight: boolean;
  /** Rows over which the light fades at the ends of a slit. */
  readonly softness: number;
  /** Relative illumination of each row: dust on the slit jaws, vignetting. */
  readonly slitIllumination: Float32Array;
  /** Relative throughput of each column: blaze, coatings, detector efficiency. */
  readonly throughput: Float32Array;
  /** Orders of the `echelle` and `orders` layouts; otherwise empty. */
  readonly orders: readonly Order[];
  /** Fibres of the `fibres` layout. */
  readonly fibres: Fibres | undefined;
  /** Columns that a spectrum of the `slitless` layout covers. */
  readonly spectrumLength: number;
  /** Fraction of the light that is scattered over the whole detector. */
  readonly scatter: number;
  /** Interference fringes in the red. */
  readonly fringes: Fringes;
  /** Reflected stray light, if any. */
  readonly reflection: Reflection | undefined;
  /** Standard deviation of a star's image, in rows. */
  readonly seeing: number;
  /** Whether files store the dispersion along NAXIS2. */
  readonly isTransposed: boolean;
  /** The detector. */
  readonly detector: Detector;
}

/** A row with a constant error. */
export interface HotRow {
  /** Position along the slit, 0 to 1. */
  readonly position: number;
  /** Counts that are added to the row. */
  readonly counts: number;
}

/** Properties of a detector that stay the same from exposure to exposure. */
export interface Detector {
  /** Gain, in electrons per count. */
  readonly gain: number;
  /** Standard deviation of the read noise, in electrons. */
  readonly readNoise: number;
  /** Counts of an unexposed pixel. */
  readonly biasLevel: number;
  /** Counts that each of the 1, 2 or 4 amplifiers adds to the bias level. */
  readonly amplifierOffsets: readonly number[];
  /** Axis along which two amplifiers divide the detector; four divide both axes. */
  readonly splitAlong: "dispersion" | "slit";
  /** Strips with amplifiers of their own, if any. */
  readonly mosaic: Mosaic | undefined;
  /** Number of columns or rows that receive no light; not used with a mosaic. */
  readonly overscan: number;
  /** Axes that the overscan extends. */
  readonly overscanAlong: "dispersion" | "slit" | "both";
  /** Whether there is an overscan on either side of the image. */
  readonly isOverscanOnBothSides: boolean;
  /** Whether those columns come before the image. */
  readonly isPrescan: boolean;
  /** Counts that are added to the overscan. */
  readonly overscanOffset: number;
  /** Standard deviation of the row levels, in counts; drawn anew in each exposure. */
  readonly rowPattern: number;
  /** Counts added to each column, overscan included: pattern, hot columns, settling. */
  readonly columnPattern: Float32Array;
  /** Rows with a constant error along the dispersion, like a narrow and straight trace. */
  readonly hotRows: readonly HotRow[];
  /** Counts by which the bias level rises over all rows and over all columns. */
  readonly slope: readonly [rows: number, columns: number];
  /** Change of the bias level after the detector is cleared or reset, if any. */
  readonly reset: ResetGradient | undefined;
  /** Rows and columns at each edge that receive no light: reference pixels. */
  readonly referenceBorder: number;
  /** Spots that bright stars of earlier exposures left. */
  readonly persistence: readonly PersistentSpot[];
  /** Electronic interference; its phase is drawn anew in each exposure. */
  readonly interference: Interference;
  /** Columns, or parts of columns, with another sensitivity; dust is made of them too. */
  readonly badColumns: readonly BadColumn[];
  /** Photo-response non-uniformity: relative standard deviation between pixels. */
  readonly prnu: number;
  /** Counts at which a pixel saturates. */
  readonly saturation: number;
  /** Counts between adjacent levels of the converter, such as 16 for 12 bits of 16. */
  readonly countStep: number;
  /** Whether the pixels have red, green and blue filters, as those of a colour camera. */
  readonly hasColourFilters: boolean;
  /** How charge moves along the columns of the detector. */
  readonly charge: ChargeTransfer;
  /** Dark current, in electrons per second and pixel. */
  readonly darkCurrent: number;
  /** Light that the detector's own electronics emit. */
  readonly glow: Glow;
  /** Warm pixels, as a fraction of all pixels. */
  readonly warmFraction: number;
  /** Typical dark current of a warm pixel, in electrons per second. */
  readonly warmRate: number;
  /** Border that is read out as 0, if any. */
  readonly blankBorder: BlankBorder | undefined;
  /** Pixels with a constant error, high or low, as a fraction of all pixels. */
  readonly stuckFraction: number;
}

/** A detector that is read by several amplifiers side by side. */
export interface Mosaic {
  /** Axis along which the strips follow one another. */
  readonly along: "dispersion" | "slit";
  /** Strips in order; image pixels between two of them are a gap. */
  readonly strips: readonly Strip[];
  /** Pixels without light that each amplifier reads. */
  readonly overscan: number;
  /** Whether the overscans of all strips follow the image, rather than each its strip. */
  readonly isOverscanAtEnd: boolean;
  /** Counts in a gap. */
  readonly gapLevel: number;
}

/** Charge that leaves its pixel along the axis of the read-out. */
export interface ChargeTransfer {
  /** Axis along which charge is moved to the amplifiers. */
  readonly along: "dispersion" | "slit";
  /** Whether the charge of a saturated pixel flows into its neighbours. */
  readonly bleeds: boolean;
  /**
   * Fraction of the mean light that each pixel of a column receives while a detector
   * without a shutter is read out; 0 with a shutter.
   */
  readonly smear: number;
}

/** The part of a mosaic that one amplifier reads. */
export interface Strip {
  /** First row or column of the image. */
  readonly from: number;
  /** Row or column after the last one. */
  readonly to: number;
  /** Counts that are added to the bias level. */
  readonly offset: number;
  /** Gain relative to the detector's. */
  readonly gain: number;
  /** Read noise relative to the detector's. */
  readonly noise: number;
}

/** An exponential change of the bias level with the row. */
export interface ResetGradient {
  /** Counts at the first row. */
  readonly counts: number;
  /** Rows over which the change falls by a factor e, as a fraction of the height. */
  readonly scaleLength: number;
  /** Whether the read-out proceeds from both ends to the middle. */
  readonly isFromBothEnds: boolean;
}

/** The afterglow of a saturated star. */
export interface PersistentSpot {
  /** Row of the centre, as a fraction of the height. */
  readonly row: number;
  /** Column of the centre, as a fraction of the width. */
  readonly column: number;
  /** Standard deviation in pixels. */
  readonly radius: number;
  /** Electrons at the peak. */
  readonly electrons: number;
}

/** A sinusoidal wave over the whole read-out. */
export interface Interference {
  /** Amplitude, in counts; 0 for no interference. */
  readonly amplitude: number;
  /** Cycles over all rows, and over all columns. */
  readonly cycles: readonly [rows: number, columns: number];
}

/** A part of a column that loses or gains light. */
export interface BadColumn {
  /** Column of the image. */
  readonly column: number;
  /** First row. */
  readonly fromRow: number;
  /** Row after the last one. */
  readonly toRow: number;
  /** Factor by which the light is multiplied. */
  readonly factor: number;
}

/** Light emitted by the detector's electronics, strongest at one place or along the edges. */
export interface Glow {
  /** Electrons at its strongest: twice per read-out, and once per electron of dark current. */
  readonly electrons: number;
  /** Whether the glow comes from all four edges. */
  readonly isFromEdges: boolean;
  /** Row of the strongest glow, as a fraction of the height. */
  readonly row: number;
  /** Column of the strongest glow, as a fraction of the width. */
  readonly column: number;
  /** Distance over which the glow falls by a factor e, as a fraction of the side. */
  readonly scaleLength: number;
}

/** A border of the frame that is read out as 0. */
export interface BlankBorder {
  /** `first` and `last` are rows, `left` and `right` are columns. */
  readonly side: "first" | "last" | "left" | "right";
  /** Its width, as a fraction of the axis. */
  readonly fraction: number;
}
