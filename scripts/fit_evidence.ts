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
  isBright,
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
import {
  findCelestialName,
  isStarDesignation,
} from "../lib/header/celestial_name.ts";
import {
  findStandardByName,
  type StandardMatch,
} from "../lib/header/standards.ts";
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
/** Narrowest distribution of ratios of exposure times, in decades. */
const NARROWEST_NIGHT = 0.3;
/** Frames assumed to have been seen of each value, against certainty from few. */
const PSEUDOCOUNT = 0.5;
/**
 * Least share of the calibrations with the name of a celestial object as their target.
 * Observatories that keep the target in the header of its arcs and flats are too rare among
 * the labelled frames to be fitted.
 */
const NAMED = 0.1;
/**
 * How often a standard has the type of a science frame where the header has one for
 * standards. Assumed: too few labelled frames are of such telescopes.
 */
const MISTYPED = 0.05;
/**
 * Share of the claims that are made at random, as often for each kind of light, so that no
 * claim overturns confident pixels. Chosen on simulated nights (docs/experiments.md, S4): too few labelled frames have a wrong
 * claim.
 */
const WRONG_CLAIMS = 0.2;
/** A lead that is less than this decides nothing: 0.55 against 0.45. */
const MARGIN = 0.1;

const CLAIMS = [...FRAME_TYPES, "light"] as const;
const UNLIT = LIGHT[0]!;
const LIT = LIGHT.slice(1).flat();

/** A frame of the sky that is known by a list of frames alone. */
export interface ListedFrame {
  /** PypeIt's name of the spectrograph. */
  readonly spectrograph: string;
  readonly type: "standard" | "science";
  /** Name of the target; `null` if it is unknown. */
  readonly target: string | null;
  /** Seconds. */
  readonly exposure: number;
  /** Longest exposure of other targets of the night, seconds; `null` if there are none. */
  readonly longest: number | null;
}

/**
 * Reads lists of frames from CSV with the columns spectrograph, type, target, exposure and
 * longest.
 */
export function parseFrameLists(csv: string): ListedFrame[] {
  return csv.trimEnd().split("\n").slice(1).map((line) => {
    const [spectrograph, type, target, exposure, longest] = line.split(",");
    return {
      spectrograph: spectrograph!,
      type: type as ListedFrame["type"],
      target: target || null,
      exposure: Number(exposure),
      longest: longest ? Number(longest) : null,
    };
  });
}

/** Leaves out the frames of a camera: `shane_kast_blue` for `kast-red`. */
function excludeCamera(
  listed: readonly ListedFrame[],
  camera: string,
): ListedFrame[] {
  const name = camera.split("-")[0]!;
  return listed.filter(({ spectrograph }) =>
    !spectrograph.split("_").includes(name)
  );
}

/**
 * Fits the likelihood tables; cameras with many frames do not dominate.
 *
 * @param listed Frames of lists, which tell how standards are named, and how their exposures
 *   compare with those of other targets.
 */
export function fitTables(
  rows: readonly Row[],
  listed: readonly ListedFrame[] = [],
): EvidenceTables {
  const ofType = (type: FrameType) =>
    rows.filter(({ frame }) => frame.label === type);
  const listedOf = (type: ListedFrame["type"]) =>
    listed.filter((frame) => frame.type === type);
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
        faint: fitMatched(ofType, (match) => !isBright(match)),
        bright: fitMatched(ofType, isBright),
      },
      star: {
        standard: fitStar(ofType("standard"), listedOf("standard")),
        science: fitStar(ofType("science"), listedOf("science")),
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
    night: {
      floor: FLOOR,
      types: {
        standard: fitNight(ofType("standard"), listedOf("standard")),
        science: fitNight(ofType("science"), listedOf("science")),
      },
    },
    claim: fitClaims(rows),
    mistyped: MISTYPED,
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
    .map(Math.log10);
  const [yes, no] = type === "bias" ? [1, 0.1] : [0.1, 1.9];
  // An exposure of 0 s is a bias, whatever it was meant to be.
  const short = type === "dark"
    ? 0
    : (exposures.length - logs.length + yes) / (exposures.length + yes + no);
  return { short: round(short), ...fitDistribution(logs, NARROWEST) };
}

/** Fits median and widths, in decades; those of five values or more. */
function fitDistribution(unsorted: readonly number[], narrowest: number) {
  if (unsorted.length < 5) return { median: -1, below: 1, above: 1 };
  const logs = unsorted.toSorted((a, b) => a - b);
  const median = logs[logs.length >> 1]!;
  const measure = (distances: readonly number[]) =>
    round(
      Math.max(
        narrowest,
        Math.sqrt(sum(distances.map((d) => d ** 2)) / distances.length),
      ),
    );
  const distances = logs.map((log) => log - median);
  return {
    median: round(median),
    below: measure(distances.filter((d) => d <= 0)),
    above: measure(distances.filter((d) => d >= 0)),
  };
}

/** Returns the share of frames with a known target that match some stars of the catalogue. */
function fitMatched(
  ofType: (type: FrameType) => Row[],
  isCounted: (match: StandardMatch) => boolean,
) {
  const fit = (type: FrameType) => {
    const known = ofType(type).filter(({ verdict: { log, header } }) =>
      header.standard !== null || log.target !== null ||
      (log.ra !== null && log.dec !== null)
    );
    return fitShare(
      known,
      ({ verdict: { header: { standard } } }) =>
        standard !== null && isCounted(standard),
      getCamera,
    );
  };
  return { standard: fit("standard"), science: fit("science") };
}

/** Returns the share of frames with a known target that has the name of a celestial object. */
function fitNamed(rows: readonly Row[]): number {
  const known = rows.filter(({ verdict: { log, header } }) =>
    header.object !== null || log.target !== null
  );
  return fitShare(
    known,
    ({ verdict }) => verdict.header.object !== null,
    getCamera,
  );
}

/** Returns the share of named targets without a match whose name is of a star catalogue. */
function fitStar(
  rows: readonly Row[],
  listed: readonly ListedFrame[],
): number {
  const objects = [
    ...rows.filter(({ verdict: { header, log } }) =>
      header.standard === null && log.target !== null
    ).map((row) => ({
      camera: getCamera(row),
      object: row.verdict.header.object,
    })),
    ...listed.filter(({ target }) =>
      target !== null && findStandardByName(target) === undefined
    ).map(({ spectrograph, target }) => ({
      camera: spectrograph,
      object: findCelestialName(target!),
    })),
  ];
  return fitShare(
    objects,
    ({ object }) => object !== null && isStarDesignation(object),
    ({ camera }) => camera,
  );
}

/**
 * Fits the ratio of the longest exposure of the other targets of the night to that of the
 * frame.
 */
function fitNight(rows: readonly Row[], listed: readonly ListedFrame[]) {
  // The same ratio of a camera counts once: it is one choice of an observer.
  const ratios = new Set([
    ...rows.flatMap(({ frame, verdict: { log: { exposure, longest } } }) =>
      exposure === null || exposure <= 0 || longest === undefined
        ? []
        : [`${longest / exposure} ${frame.instrument}`]
    ),
    ...listed.flatMap(({ spectrograph, exposure, longest }) =>
      exposure <= 0 || longest === null
        ? []
        : [`${longest / exposure} ${spectrograph}`]
    ),
  ]);
  return fitDistribution(
    Array.from(ratios, parseFloat).map(Math.log10),
    NARROWEST_NIGHT,
  );
}

function fitShare<T>(
  rows: readonly T[],
  isCounted: (row: T) => boolean,
  getKey: (row: T) => string,
): number {
  const share = weighCameras(rows, getKey);
  const weight = (some: readonly T[]) =>
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
    const share = weighCameras(own, getCamera);
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
    return (count(claim) + PSEUDOCOUNT / CLAIMS.length) /
      (sum(others.map(count)) + PSEUDOCOUNT);
  };
  return Object.fromEntries(
    CLAIMS.map((claim) => {
      const shares = mapTypes((type) => estimate(claim, type));
      return [claim, mixWrongClaims(shares)];
    }),
  ) as EvidenceTables["claim"];
}

/**
 * Mixes the shares of the frames of each type that make a claim with their mean over the
 * kinds of light. The ratios within a kind stay as they are: the pixels cannot contradict
 * such a claim.
 */
function mixWrongClaims(
  shares: Readonly<Record<FrameType, number>>,
): Record<FrameType, number> {
  const getMean = (types: readonly FrameType[]) =>
    sumTypes(types, shares) / types.length;
  const wrong = WRONG_CLAIMS * sum(LIGHT.map(getMean)) / LIGHT.length;
  return mapTypes((type) =>
    round(
      shares[type] * (1 - WRONG_CLAIMS + wrong / getMean(listAlike(type))),
    )
  );
}

/** Returns weights with which a camera with n frames counts as √n. */
function weighCameras<T>(
  rows: readonly T[],
  getKey: (row: T) => string,
): ReadonlyMap<T, number> {
  const cameras = Map.groupBy(rows, getKey);
  return new Map(
    rows.map((row) => [row, cameras.get(getKey(row))!.length ** -0.5]),
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
function fitEvidence(
  rows: readonly Row[],
  ood: number,
  listed: readonly ListedFrame[] = [],
): Fit {
  const folds = [...Map.groupBy(rows, getCamera)].map(([camera, own]) => ({
    own: own.filter(({ frame, verdict }) =>
      isFrameType(frame.label) && !isOod(verdict, ood)
    ),
    likelihoods: fitTables(
      rows.filter((row) => !own.includes(row)),
      excludeCamera(listed, camera),
    ),
  }));
  const judged = folds.flatMap(({ own }) => own);
  const share = weighCameras(judged, getCamera);
  let best = {
    weights: { between: 1, within: 0, margin: MARGIN },
    weight: 1,
  };
  let least = Infinity;
  for (const between of [0.7, 1, 1.4, 2, 2.8]) {
    for (const within of [0, 0.1, 0.25, 0.5]) {
      for (const weight of [0.5, 0.75, 1]) {
        const weights = { between, within, margin: MARGIN };
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
    likelihoods: setWeight(fitTables(rows, listed), best.weight),
  };
}

function setWeight(tables: EvidenceTables, weight: number): EvidenceTables {
  return { ...tables, exposure: { ...tables.exposure, weight } };
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
export function crossValidate(
  rows: readonly Row[],
  ood: number,
  listed: readonly ListedFrame[] = [],
): Row[] {
  return [...Map.groupBy(rows, getCamera)].flatMap(([camera, own]) => {
    const fit = fitEvidence(
      rows.filter((row) => !own.includes(row)),
      ood,
      excludeCamera(listed, camera),
    );
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
  const listed = parseFrameLists(
    await Deno.readTextFile(new URL("frame_lists.csv", import.meta.url)),
  );
  const lines = crossValidate(rows, ood, listed).map((row) =>
    stringifyPrediction(row) + "\n"
  );
  await writeFileAtomically(output, lines.join(""));
  const { weights, likelihoods } = fitEvidence(rows, ood, listed);
  await writeFileAtomically(
    new URL("../lib/classify/evidence.json", import.meta.url).pathname,
    JSON.stringify(likelihoods, null, 2) + "\n",
  );
  console.log(`"evidence": ${JSON.stringify(weights, null, 2)}`);
}

if (import.meta.main) await main();
