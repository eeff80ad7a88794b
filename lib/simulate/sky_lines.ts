/**
 * Emission lines of the night sky, of city lights and of nebulae; absorption
 * lines of stars and of our air. Air wavelengths in Å.
 *
 * @module
 */
import type { Line } from "./lamp_lines.ts";

/**
 * Night sky: [O I], Na D and the OH Meinel bands. Wavelengths after Osterbrock
 * et al. 1996 (PASP 108, 277), strengths rough; the bright Q and P branches.
 */
export const NIGHT_SKY: readonly Line[] = [
  [5577.34, 10],
  [5889.95, 2],
  [5895.92, 1.2],
  [6300.30, 6],
  [6363.78, 2],
  [6498.73, 0.6],
  [6533.04, 0.7],
  [6553.62, 0.5],
  [6863.96, 1.5],
  [6923.22, 1],
  [7276.41, 2],
  [7316.28, 3],
  [7340.89, 3],
  [7524.10, 1],
  [7571.75, 1],
  [7712.20, 1],
  [7750.64, 3],
  [7794.11, 4],
  [7821.50, 4],
  [7853.24, 2],
  [7913.71, 4],
  [7964.65, 3],
  [7993.33, 3],
  [8025.81, 1.5],
  [8344.60, 4],
  [8399.17, 5],
  [8430.17, 5],
  [8465.36, 4],
  [8493.39, 3],
  [8504.63, 1.5],
  [8760.20, 2],
  [8767.91, 4],
  [8778.33, 3],
  [8827.10, 6],
  [8836.02, 4],
  [8867.61, 4],
  [8885.85, 6],
  [8903.11, 5],
  [8919.61, 6],
  [8943.40, 5],
  [8957.96, 5],
  [9001.57, 3],
  [9337.93, 4],
  [9375.96, 6],
  [9419.73, 5],
  [9439.67, 6],
  [9458.53, 4],
  [9476.85, 5],
  [9519.50, 4],
  [9567.10, 4],
  [9799.80, 4],
  [9872.14, 6],
  [9914.70, 5],
  [10013.47, 4],
];

/** Mercury and sodium street lamps, after Osterbrock, Walker & Koski 1976 (PASP 88, 349). */
export const CITY: readonly Line[] = [
  [4046.56, 1],
  [4358.33, 2],
  [4978.54, 0.5],
  [5149.53, 0.6],
  [5460.74, 3],
  [5682.63, 1],
  [5688.20, 1],
  [5769.60, 0.8],
  [5790.66, 0.8],
  [5893.00, 4],
  [6154.23, 1],
  [6160.75, 1],
];

/** H II regions, planetary nebulae, galaxies: Osterbrock & Ferland 2006. */
export const NEBULA: readonly Line[] = [
  [3727.40, 5],
  [3868.75, 2],
  [4340.46, 1.5],
  [4861.33, 3],
  [4958.91, 4],
  [5006.84, 12],
  [5875.62, 0.6],
  [6300.30, 0.5],
  [6548.05, 2],
  [6562.80, 9],
  [6583.45, 6],
  [6716.44, 2],
  [6730.82, 2],
  [9068.60, 1],
  [9530.60, 2.5],
];

/** Balmer series: wavelengths. */
export const BALMER: readonly number[] = [
  6562.8,
  4861.3,
  4340.5,
  4101.7,
  3970.1,
  3889.1,
  3835.4,
  3797.9,
  3770.6,
];

/** Metals and bands of cool stars: wavelength, depth. */
export const METALS: readonly Line[] = [
  [3933.7, 0.7],
  [3968.5, 0.6],
  [4226.7, 0.3],
  [4304.0, 0.3],
  [4383.5, 0.2],
  [4861.3, 0.2],
  [5175.0, 0.35],
  [5269.0, 0.2],
  [5892.0, 0.25],
  [6562.8, 0.25],
  [7054.0, 0.2],
  [8498.0, 0.2],
  [8542.1, 0.3],
  [8662.1, 0.3],
];

/** Bands of O2 and H2O in our air: wavelength, depth, width in Å. */
export const TELLURIC: readonly (readonly [number, number, number])[] = [
  [6870, 0.3, 25],
  [7190, 0.15, 70],
  [7605, 0.5, 40],
  [8170, 0.1, 70],
  [9350, 0.3, 120],
];
