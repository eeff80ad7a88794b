/**
 * A spectrograph and its detector: what stays the same through a night.
 *
 * @module
 */
import type { Detector } from "./detector.ts";
import type { Reflection } from "./reflection.ts";
import type { Dispersion } from "./spectrum.ts";

/** How light is laid out on the detector. */
export const LAYOUTS = [
  "longslit",
  "window",
  "slices",
  "echelle",
  "orders",
] as const;

/**
 * `longslit`: most rows lit. `window`: the slit covers a part of them.
 * `slices`: several slits above each other. `echelle`: many curved orders.
 * `orders`: two or three curved, cross-dispersed ones.
 */
export type Layout = typeof LAYOUTS[number];

/** A lit stretch of rows. */
export interface Slice {
  /** First row, may lie outside. */
  readonly from: number;
  /** Row behind the last. */
  readonly to: number;
  /** Light it lets through, about 1. */
  readonly transmission: number;
}

/** An order of an echelle or cross-dispersed spectrograph. */
export interface Order {
  /** Row of its middle, at the middle of the dispersion. */
  readonly row: number;
  /** Rows it rises over the whole dispersion. */
  readonly rise: number;
  /** Rows by which its ends bend away from its middle. */
  readonly bend: number;
  /** Rows it covers. */
  readonly height: number;
  /** Its wavelengths. */
  readonly dispersion: Dispersion;
}

/** Fringes: a wavy pattern of the response, from 6800 Å on. */
export interface Fringes {
  /** Amplitude at 8800 Å; 0 for none. */
  readonly amplitude: number;
  /** Columns a wave. */
  readonly period: number;
  /** Columns by which a crest moves for each row. */
  readonly slant: number;
}

/** A spectrograph with its detector. Rows are spatial, columns spectral. */
export interface Instrument {
  /** Short name. */
  readonly name: string;
  /** How light is laid out. */
  readonly layout: Layout;
  /** Spatial pixels. */
  readonly rows: number;
  /** Wavelengths of the columns. */
  readonly dispersion: Dispersion;
  /** Columns by which a line moves for each row. */
  readonly tilt: number;
  /** Columns by which a line bends at the ends of the slit. */
  readonly smile: number;
  /** Lit stretches of rows, of layouts without orders. */
  readonly slices: readonly Slice[];
  /** Whether fibres or an image slicer spread a star over all slices. */
  readonly scrambles: boolean;
  /** Rows over which the ends of a slit fade. */
  readonly softness: number;
  /** Light of each row: dust on the jaws, vignetting. */
  readonly jaws: Float32Array;
  /** Light of each column: blaze, coatings, detector. */
  readonly throughput: Float32Array;
  /** Orders, of `echelle` and `orders`. */
  readonly orders: readonly Order[];
  /** Part of the light that the spectrograph scatters over the whole detector. */
  readonly scatter: number;
  /** Interference in the detector, in the red. */
  readonly fringes: Fringes;
  /** Stray light, where there is some. */
  readonly reflection: Reflection | undefined;
  /** Standard deviation of a star's image, in rows. */
  readonly seeing: number;
  /** Whether files have the dispersion along NAXIS2. */
  readonly turned: boolean;
  /** What reads it out. */
  readonly detector: Detector;
}
