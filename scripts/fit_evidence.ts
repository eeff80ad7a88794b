/**
 * Fits how evidence is weighed to labelled frames: the likelihood tables
 * (`lib/classify/evidence.json`) and the weights of a network (`evidence` in its model
 * card). The network must not have been trained on the frames.
 *
 *     deno run -A cli.ts evaluate MANIFEST --split all --model NAME --predictions rows.ndjson
 *     deno run -A scripts/fit_evidence.ts NAME rows.ndjson crossval.ndjson
 *     deno run -A cli.ts score crossval.ndjson
 *
 * Writes the tables, prints the weights, and writes the rows with the answers
 * cross-validated by camera: the tables and weights that answer for a camera are fitted
 * to the frames of all others.
 */
import {
  type Answer,
  combineEvidence,
  type EvidenceTables,
  LIGHT,
  listAlike,
  sumTypes,
} from "../lib/classify/evidence.ts";
import type { ClassifiedVerdict } from "../lib/classify/verdict.ts";
import type { LabelledFrame } from "../lib/evaluation/manifest.ts";
import {
  type Prediction,
  readPredictions,
  stringifyPrediction,
} from "../lib/evaluation/predictions.ts";
import {
  FRAME_TYPES,
  type FrameType,
  isFrameType,
  isOnSky,
  mapTypes,
} from "../lib/frame_type.ts";
import { writeFileAtomically } from "../lib/io/output.ts";
import { findModelCard } from "../lib/model/find_model.ts";
import {
  type EvidenceWeights,
  parseModelCard,
} from "../lib/model/model_card.ts";

/** A frame that could be classified. */
interface Row {
  readonly frame: LabelledFrame;
  readonly verdict: ClassifiedVerdict;
}

/** The tables and weights that answer for a frame. */
export interface Fit {
  readonly likelihoods: EvidenceTables;
  readonly weights: EvidenceWeights;
}

/**
 * Shares of the frames of SPIT. Source: Jankov & Prochaska 2018, Table 1 (282 standards,
 * 929 science frames). It has no darks, so bias and dark are equally likely.
 */
const PRIOR: EvidenceTables["prior"] = {
  bias: 0.5,
  dark: 0.5,
  arc: 1,
  flat: 1,
  standard: 0.233,
  science: 0.767,
};

/** Longest exposure of a bias, in seconds, with cameras that cannot expose for 0 s. */
const SHORTEST = 0.01;
/** Share of exposures that follow no pattern. */
const FLOOR = 0.1;
/** Narrowest distribution of exposure times, in decades: cameras that are not here differ. */
const NARROWEST = 0.6;
/** Frames assumed to have been seen of each value, against certainty from few. */
const PSEUDOCOUNT = 0.5;
/**
 * Least share of the calibrations with the name of a celestial object as their target.
 * Observatories that keep the target in the header of its arcs and flats are too rare among
 * the labelled frames to be fitted.
 */
const NAMED = 0.1;
/** A lead that is less than this decides nothing: 0.55 against 0.45. */
const MARGIN = 0.1;

const CLAIMS = [...FRAME_TYPES, "light"] as const;
const UNLIT = LIGHT[0]!;
const LIT = LIGHT.slice(1).flat();

/** Fits the likelihood tables; cameras with many frames do not dominate. */
export function fitTables(rows: readonly Row[]): EvidenceTables {
  const ofType = (type: FrameType) =>
    rows.filter(({ frame }) => frame.label === type);
  return {
    prior: PRIOR,
    exposure: {
      shortest: SHORTEST,
      floor: FLOOR,
      weight: 1,
      types: mapTypes((type) => fitExposure(type, ofType(type))),
    },
    target: {
      matched: {
        standard: fitMatched(ofType("standard")),
        science: fitMatched(ofType("science")),
      },
      named: {
        sky: fitNamed(rows.filter(({ frame }) => isOnSky(frame.label))),
        other: Math.max(
          NAMED,
          fitNamed(
            rows.filter(({ frame }) =>
              isFrameType(frame.label) && !isOnSky(frame.label)
            ),
          ),
        ),
      },
    },
    claim: fitClaims(rows),
  };
}

function fitExposure(type: FrameType, rows: readonly Row[]) {
  // The same exposure of a camera counts once: it is one choice of an observer.
  const exposures = [
    ...new Set(
      rows.flatMap(({ frame, verdict: { log: { exposure } } }) =>
        exposure === null ? [] : [`${exposure} ${frame.instrument}`]
      ),
    ),
  ].map(parseFloat);
  const logs = exposures.filter((seconds) => seconds > SHORTEST)
    .map(Math.log10).sort((a, b) => a - b);
  const [yes, no] = type === "bias" ? [1, 0.1] : [0.1, 1.9];
  // An exposure of 0 s is a bias, whatever it was meant to be.
  const short = type === "dark"
    ? 0
    : (exposures.length - logs.length + yes) / (exposures.length + yes + no);
  if (logs.length < 5) {
    return { short: round(short), median: -1, below: 1, above: 1 };
  }
  const median = logs[logs.length >> 1]!;
  const measure = (distances: readonly number[]) =>
    round(
      Math.max(
        NARROWEST,
        Math.sqrt(sum(distances.map((d) => d ** 2)) / distances.length),
      ),
    );
  const distances = logs.map((log) => log - median);
  return {
    short: round(short),
    median: round(median),
    below: measure(distances.filter((d) => d <= 0)),
    above: measure(distances.filter((d) => d >= 0)),
  };
}

/** Returns the share of frames with a known target that match the catalogue. */
function fitMatched(rows: readonly Row[]): number {
  const known = rows.filter(({ verdict: { log, header } }) =>
    header.standard !== null || log.target !== null ||
    (log.ra !== null && log.dec !== null)
  );
  return fitShare(known, ({ verdict }) => verdict.header.standard !== null);
}

/** Returns the share of frames with a known target that has the name of a celestial object. */
function fitNamed(rows: readonly Row[]): number {
  const known = rows.filter(({ verdict: { log, header } }) =>
    header.object !== null || log.target !== null
  );
  return fitShare(known, ({ verdict }) => verdict.header.object !== null);
}

function fitShare(
  rows: readonly Row[],
  isCounted: (row: Row) => boolean,
): number {
  const share = weighCameras(rows);
  const weight = (some: readonly Row[]) =>
    sum(some.map((row) => share.get(row)!));
  return round(
    (weight(rows.filter(isCounted)) + PSEUDOCOUNT / 2) /
      (weight(rows) + PSEUDOCOUNT),
  );
}

function fitClaims(rows: readonly Row[]): EvidenceTables["claim"] {
  const claiming = rows.filter(({ verdict }) => verdict.header.type !== null);
  const counts = mapTypes((type) => {
    const own = claiming.filter(({ frame }) => frame.label === type);
    const share = weighCameras(own);
    return (claim: string) =>
      sum(
        own.map((row) =>
          row.verdict.header.type === claim ? share.get(row)! : 0
        ),
      );
  });
  const estimate = (claim: typeof CLAIMS[number], type: FrameType) => {
    const alike = listAlike(type);
    // A claim of another kind of light does not tell the types of this kind apart, and
    // an open shutter does not tell the types with light apart. Most headers write one
    // word, as OBJECT, for every exposure of the sky, so that a claim of science does not
    // tell a standard from a science frame either.
    const pool = claim === "light"
      ? UNLIT.includes(type) ? UNLIT : LIT
      : claim !== "science" && alike.includes(claim)
      ? [type]
      : alike;
    const count = (one: string) => sum(pool.map((type) => counts[type](one)));
    const others = claim === "light" ? CLAIMS : FRAME_TYPES;
    return round(
      (count(claim) + PSEUDOCOUNT / CLAIMS.length) /
        (sum(others.map(count)) + PSEUDOCOUNT),
    );
  };
  return Object.fromEntries(
    CLAIMS.map((claim) => [claim, mapTypes((type) => estimate(claim, type))]),
  ) as EvidenceTables["claim"];
}

/** Returns weights with which a camera with n frames counts as √n. */
function weighCameras(rows: readonly Row[]): ReadonlyMap<Row, number> {
  const cameras = Map.groupBy(rows, getCamera);
  return new Map(
    rows.map((row) => [row, cameras.get(getCamera(row))!.length ** -0.5]),
  );
}

function getCamera({ frame }: Row): string {
  return frame.instrument;
}

/**
 * Fits tables and weights. The weights are those under which the labels of each camera
 * are likeliest with tables fitted to the other cameras, so that they allow for how
 * cameras differ.
 *
 * @param ood Highest out-of-distribution score of a spectral frame.
 */
export function fitEvidence(rows: readonly Row[], ood: number): Fit {
  const folds = [...Map.groupBy(rows, getCamera).values()].map((own) => ({
    own: own.filter(({ frame, verdict }) =>
      isFrameType(frame.label) && !isOod(verdict, ood)
    ),
    likelihoods: fitTables(rows.filter((row) => !own.includes(row))),
  }));
  const judged = folds.flatMap(({ own }) => own);
  const share = weighCameras(judged);
  const open = fitOpen(judged);
  let best = {
    weights: { between: 1, within: 0, open, margin: MARGIN },
    weight: 1,
  };
  let least = Infinity;
  for (const between of [0.7, 1, 1.4, 2, 2.8]) {
    for (const within of [0, 0.1, 0.25, 0.5]) {
      for (const weight of [0.5, 0.75, 1]) {
        const weights = { between, within, open, margin: MARGIN };
        const cost = -sum(folds.flatMap(({ own, likelihoods }) => {
          const fit = { weights, likelihoods: setWeight(likelihoods, weight) };
          return own.map((row) => {
            const { probabilities } = answer(row, fit, ood);
            const p = probabilities[row.frame.label as FrameType]!;
            return share.get(row)! * Math.log(Math.max(p, 1e-3));
          });
        }));
        if (cost < least) [best, least] = [{ weights, weight }, cost];
      }
    }
  }
  return {
    weights: best.weights,
    likelihoods: setWeight(fitTables(rows), best.weight),
  };
}

function setWeight(tables: EvidenceTables, weight: number): EvidenceTables {
  return { ...tables, exposure: { ...tables.exposure, weight } };
}

/**
 * Returns half of the least probability that the pixels give to the true kind of light,
 * because those of another camera may be less certain.
 */
function fitOpen(rows: readonly Row[]): number {
  const masses = rows.map(({ frame: { label }, verdict: { pixels } }) =>
    sumTypes(listAlike(label as FrameType), pixels.probabilities)
  );
  return round(Math.min(0.2, Math.max(0.05, Math.min(...masses) / 2)));
}

function isOod({ pixels }: ClassifiedVerdict, ood: number): boolean {
  return pixels.ood !== null && pixels.ood > ood;
}

function answer(
  { verdict: { pixels, header, log } }: Row,
  { weights, likelihoods }: Fit,
  ood: number,
): Answer {
  const isOut = pixels.ood !== null && pixels.ood > ood;
  const vote = {
    ...pixels,
    reason: isOut ? "out_of_distribution" : null,
  } as const;
  return combineEvidence(vote, header, log, weights, {}, likelihoods);
}

/** Replaces the answer for each camera by that of a fit to the frames of all others. */
export function crossValidate(rows: readonly Row[], ood: number): Row[] {
  return [...Map.groupBy(rows, getCamera).values()].flatMap((own) => {
    const fit = fitEvidence(rows.filter((row) => !own.includes(row)), ood);
    return own.map((row) => ({
      ...row,
      verdict: { ...row.verdict, ...answer(row, fit, ood) },
    }));
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

async function main(): Promise<void> {
  const [name, input, output] = Deno.args;
  if (output === undefined) {
    console.error("usage: fit_evidence.ts MODEL PREDICTIONS OUT");
    Deno.exit(2);
  }
  const path = await findModelCard(name!);
  const { thresholds } = parseModelCard(
    await Deno.readTextFile(path),
    String(path),
  );
  const ood = thresholds.ood ?? 1;
  const rows = (await readPredictions([input!])).filter(
    (one: Prediction): one is Prediction & Row => one.verdict.error === null,
  );
  const lines = crossValidate(rows, ood).map((row) =>
    stringifyPrediction(row) + "\n"
  );
  await writeFileAtomically(output, lines.join(""));
  const { weights, likelihoods } = fitEvidence(rows, ood);
  await writeFileAtomically(
    new URL("../lib/classify/evidence.json", import.meta.url).pathname,
    JSON.stringify(likelihoods, null, 2) + "\n",
  );
  console.log(`"evidence": ${JSON.stringify(weights, null, 2)}`);
}

if (import.meta.main) await main();
