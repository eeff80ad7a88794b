/**
 * Fits the likelihood tables of the evidence, `lib/classify/evidence.json`, and the
 * weights of a network in them, to labelled frames.
 *
 *     deno run -A cli.ts evaluate MANIFEST --model NAME --predictions predictions.ndjson
 *     deno run -A scripts/fit_evidence.ts predictions.ndjson [--write]
 *
 * The pixel verdicts must come from a network that was not trained on the frames. Prints
 * the answers cross-validated by camera: the tables and the weights that answer for a
 * camera are fitted to the frames of all others. `--write` writes the tables fitted to
 * all frames; the weights are printed, for the model card.
 */
import {
  type AnswerOptions,
  combineEvidence,
  type EvidenceTables,
} from "../lib/classify/evidence.ts";
import type { ClassifiedVerdict } from "../lib/classify/verdict.ts";
import { calibrateEqualWidth } from "../lib/evaluation/calibration.ts";
import type { Label } from "../lib/evaluation/labels.ts";
import { computeProportion } from "../lib/evaluation/proportion.ts";
import { FRAME_TYPES, type FrameType, isFrameType } from "../lib/frame_type.ts";
import type { EvidenceWeights } from "../lib/model/model_card.ts";

/** A labelled frame with its verdict, as a row of `evaluate --predictions`. */
export interface EvidenceRow {
  readonly path: string;
  readonly label: Label;
  readonly instrument: string;
  readonly confidence: string;
  readonly verdict: ClassifiedVerdict;
}

/**
 * Frames of each type among the 3,128 of SPIT. Source: Jankov & Prochaska 2018, Table 1
 * (standard 282, science 929). It has no dark, so biases and darks are equally likely.
 */
const PRIOR: EvidenceTables["prior"] = {
  bias: 0.5,
  dark: 0.5,
  arc: 1,
  flat: 1,
  standard: 282 / 1211,
  science: 929 / 1211,
};

/** Longest exposure of a bias in seconds: cameras that cannot expose for 0 s write up to this. */
const SHORTEST = 0.01;
const FLOOR = 0.1;
/** Narrowest distribution of exposure times, in decades. */
const NARROWEST = 0.6;
/** Frames that are assumed to have been seen of each value, against certainty from few. */
const PSEUDOCOUNT = 0.5;

/** Fits the likelihood tables. Each camera has the same weight for each type. */
export function fitTables(rows: readonly EvidenceRow[]): EvidenceTables {
  const ofType = (type: FrameType) =>
    rows.filter(({ label }) => label === type);
  return {
    prior: PRIOR,
    exposure: {
      shortest: SHORTEST,
      floor: FLOOR,
      weight: 1,
      types: mapTypes((type) => fitExposure(type, ofType(type))),
    },
    target: {
      standard: { matched: round(fitMatched(ofType("standard"))) },
      science: { matched: round(fitMatched(ofType("science"))) },
    },
    claim: fitClaims(rows),
  };
}

function fitExposure(type: FrameType, rows: readonly EvidenceRow[]) {
  // The same exposure of a camera counts once: it is one choice of an observer.
  const exposures = [
    ...new Set(
      rows.flatMap(({ instrument, verdict: { log } }) =>
        log.exposure === null ? [] : [`${log.exposure} ${instrument}`]
      ),
    ),
  ].map(parseFloat);
  const long = exposures.filter((seconds) => seconds > SHORTEST);
  const logs = long.map(Math.log10).sort((a, b) => a - b);
  const short = exposures.length - long.length;
  const isBias = type === "bias";
  // An exposure of 0 s is a bias, whatever it was meant to be.
  const share = type === "dark"
    ? 0
    : (short + (isBias ? 1 : 0.1)) / (exposures.length + (isBias ? 1.1 : 2));
  if (logs.length < 5) return { short: round(share), median: -1, width: 1 };
  const median = logs[logs.length >> 1]!;
  const spread = Math.sqrt(
    logs.reduce((sum, x) => sum + (x - median) ** 2, 0) / logs.length,
  );
  return {
    short: round(share),
    median: round(median),
    width: round(Math.max(NARROWEST, spread)),
  };
}

function fitMatched(rows: readonly EvidenceRow[]): number {
  const known = rows.filter(({ verdict: { log } }) =>
    log.target !== null || (log.ra !== null && log.dec !== null)
  );
  const weights = weighCameras(known);
  const n = sum([...weights.values()]);
  const matched = sum(
    known.map((row) =>
      row.verdict.header.standard === null ? 0 : weights.get(row)!
    ),
  );
  return (matched + PSEUDOCOUNT / 2) / (n + PSEUDOCOUNT);
}

const CLAIMED = [...FRAME_TYPES, "light"] as const;

function fitClaims(rows: readonly EvidenceRow[]): EvidenceTables["claim"] {
  const claimed = rows.filter(({ label, verdict: { header } }) =>
    isFrameType(label) && header.type !== null
  );
  const counts = new Map(FRAME_TYPES.map((type) => {
    const own = claimed.filter(({ label }) => label === type);
    const weights = weighCameras(own);
    return [
      type,
      (claim: string) =>
        sum(
          own.map((row) =>
            row.verdict.header.type === claim ? weights.get(row)! : 0
          ),
        ),
    ] as const;
  }));
  return Object.fromEntries(CLAIMED.map((claim) => [
    claim,
    mapTypes((type) => {
      // An open shutter does not tell the types with light apart.
      const pool = claim !== "light"
        ? [type]
        : ["bias", "dark"].includes(type)
        ? ["bias", "dark"] as const
        : ["arc", "flat", "standard", "science"] as const;
      const count = (claim: string) =>
        sum(pool.map((one) => counts.get(one)!(claim)));
      const n = sum(CLAIMED.map(count)) -
        (claim === "light" ? 0 : count("light"));
      return round(
        (count(claim) + PSEUDOCOUNT / CLAIMED.length) / (n + PSEUDOCOUNT),
      );
    }),
  ])) as EvidenceTables["claim"];
}

/** Weights that count a camera with n frames as √n, so that none dominates. */
function weighCameras(
  rows: readonly EvidenceRow[],
): ReadonlyMap<EvidenceRow, number> {
  const counts = Map.groupBy(rows, ({ instrument }) => instrument);
  return new Map(rows.map((row) => [
    row,
    1 / Math.sqrt(counts.get(row.instrument)!.length),
  ]));
}

/** The weights and tables that answer for a camera. */
interface Fit {
  readonly weights: EvidenceWeights;
  readonly likelihoods: EvidenceTables;
}

/**
 * Fits tables and weights. The weights are those that answer best for each camera with
 * tables fitted to the frames of the others, so that they allow for how cameras differ.
 */
export function fitEvidence(rows: readonly EvidenceRow[]): Fit {
  const cameras = [...Map.groupBy(rows, ({ instrument }) => instrument)];
  const folds = cameras.map(([, own]) => {
    const others = rows.filter((row) => !own.includes(row));
    return { own, likelihoods: fitTables(others) };
  });
  const typed = rows.filter(isAnswerable);
  const share = weighCameras(typed);
  const open = fitOpen(typed);
  const cost = (weights: EvidenceWeights, exposure: number) =>
    -sum(
      folds.map(({ own, likelihoods }) =>
        sum(
          own.filter(isAnswerable).map((row) => {
            const { probabilities } = answer(row, {
              weights,
              likelihoods: weighExposure(likelihoods, exposure),
            });
            const p = probabilities[row.label as FrameType] ?? 0;
            return share.get(row)! * Math.log(Math.max(p, 1e-3));
          }),
        )
      ),
    );
  let best: EvidenceWeights = { between: 1, within: 0.5, open, margin: MARGIN };
  let bestExposure = 1;
  let least = Infinity;
  for (const between of [0.7, 1, 1.4, 2, 2.8]) {
    for (const within of [0, 0.25, 0.5]) {
      for (const exposure of [0.5, 0.75, 1]) {
        const weights = { between, within, open, margin: MARGIN };
        const value = cost(weights, exposure);
        if (value < least) {
          [best, bestExposure, least] = [weights, exposure, value];
        }
      }
    }
  }
  return {
    weights: best,
    likelihoods: weighExposure(fitTables(rows), bestExposure),
  };
}

function weighExposure(
  likelihoods: EvidenceTables,
  weight: number,
): EvidenceTables {
  return { ...likelihoods, exposure: { ...likelihoods.exposure, weight } };
}

function isAnswerable({ label, verdict }: EvidenceRow): boolean {
  return isFrameType(label) && !isForeign(verdict);
}

const GROUPS = [["bias", "dark"], ["arc"], ["flat"], ["standard", "science"]];

/**
 * Returns half of the least probability that the pixels give to the true kind of light,
 * so that the pixels of another camera may be less certain.
 */
function fitOpen(rows: readonly EvidenceRow[]): number {
  const masses = rows.map(({ label, verdict: { pixels } }) => {
    const group = GROUPS.find((types) => types.includes(label))!;
    return sum(
      group.map((type) => pixels.probabilities[type as FrameType] ?? 0),
    );
  });
  return round(Math.min(0.2, Math.max(0.05, Math.min(...masses) / 2)));
}

/** A lead that is less than this decides nothing: 0.55 against 0.45. */
const MARGIN = 0.1;

const MARGINS = [0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4];

function isWrong(
  { label }: EvidenceRow,
  { type, use }: ReturnType<typeof combineEvidence>,
): boolean {
  return use && type !== label;
}

function isForeign({ pixels, reason }: ClassifiedVerdict): boolean {
  return reason === "out_of_distribution" ||
    (pixels.type === "unknown" && pixels.ood !== null && pixels.ood > oodLimit);
}

let oodLimit = 1;

export function answer(
  { verdict }: EvidenceRow,
  { weights, likelihoods }: Fit,
  options: AnswerOptions = {},
): ReturnType<typeof combineEvidence> {
  const { pixels, header, log } = verdict;
  const reason = isForeign(verdict) ? "out_of_distribution" : null;
  const vote = { ...pixels, reason } as const;
  return combineEvidence(vote, header, log, weights, options, likelihoods);
}

function mapTypes<T>(get: (type: FrameType) => T): Record<FrameType, T> {
  return Object.fromEntries(
    FRAME_TYPES.map((type) => [type, get(type)]),
  ) as Record<FrameType, T>;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

async function main(): Promise<void> {
  const [path, ood, write] = Deno.args;
  oodLimit = Number(ood ?? 1);
  const rows = (await Deno.readTextFile(path!)).trim().split("\n")
    .map((line) => JSON.parse(line) as EvidenceRow);
  const cameras = Map.groupBy(rows, ({ instrument }) => instrument);
  const results: { row: EvidenceRow; answer: ReturnType<typeof answer> }[] = [];
  const curve = new Map(
    MARGINS.map((m) => [m, [0, 0, 0, 0] as [number, number, number, number]]),
  );
  for (const [camera, own] of cameras) {
    const others = rows.filter((row) => !own.includes(row));
    const fit = fitEvidence(others);
    const { weights, likelihoods } = fit;
    console.error(
      camera.padEnd(18),
      JSON.stringify(weights),
      likelihoods.exposure.weight,
    );
    for (const row of own) {
      results.push({ row, answer: answer(row, fit) });
      for (const margin of MARGINS) {
        const one = answer(row, {
          weights: { ...weights, margin },
          likelihoods,
        });
        const c = curve.get(margin)!;
        if (row.label === one.type) c[0]++;
        else if (one.type === "unknown") c[1]++;
        else c[2]++;
        if (isWrong(row, one)) c[3]++;
      }
    }
  }
  console.log("margin: right unknown wrong wrong+used", curve);
  const typed = results.filter(({ row }) => isFrameType(row.label));
  const right = typed.filter(({ row, answer }) => row.label === answer.type);
  const wrong = results.filter(({ row, answer }) => isWrong(row, answer));
  const show = (count: number, n: number) => {
    const { interval: [low, high] } = computeProportion(count, n);
    return `${count}/${n} = ${(100 * count / n).toFixed(1)} % (${
      (100 * low).toFixed(1)
    } to ${(100 * high).toFixed(1)})`;
  };
  console.log("right", show(right.length, typed.length));
  const shares = [...Map.groupBy(typed, ({ row }) => row.instrument)].map(
    ([, own]) =>
      own.filter(({ row, answer }) => row.label === answer.type).length /
      own.length,
  );
  console.log("mean over cameras", sum(shares) / shares.length);
  console.log("wrong and used", show(wrong.length, results.length));
  const answered = typed.filter(({ answer }) => answer.probability !== null);
  const calibration = calibrateEqualWidth(
    answered.map(({ row, answer }) => ({
      probability: answer.probability!,
      correct: row.label === answer.type,
    })),
  );
  const { error } = calibration;
  console.log("calibration error", error);
  for (const bin of calibration.bins) {
    if (bin.correct.n) {
      console.log(
        "  ",
        bin.low,
        bin.probability?.toFixed(3),
        `${bin.correct.count}/${bin.correct.n}`,
      );
    }
  }
  const unlike = (one: string, other: string) =>
    one !== other && ![["bias", "dark"], ["standard", "science"]]
      .some((pair) => pair.includes(one) && pair.includes(other));
  const claims = results.filter(({ row }) => {
    const { type } = row.verdict.header;
    return type !== null &&
      (type !== "light" || ["bias", "dark"].includes(row.label));
  });
  const lies = claims.filter(({ row }) =>
    unlike(row.verdict.header.type!, row.label)
  );
  console.log(
    "wrong claims flagged",
    show(
      lies.filter(({ answer }) =>
        answer.agreement === "conflict" || !answer.use
      ).length,
      lies.length,
    ),
  );
  const honest = claims.filter(({ row }) =>
    !lies.some((one) => one.row === row)
  );
  const alarms = honest.filter(({ answer }) => answer.agreement === "conflict");
  console.log("right claims flagged", show(alarms.length, honest.length));
  const list = (title: string, of: typeof results) => {
    console.log(`\n${title}`);
    for (const { row, answer } of of) {
      const { pixels, header, log } = row.verdict;
      const p = (all: Partial<Record<string, number>>) =>
        Object.entries(all).sort(([, a], [, b]) => b! - a!).slice(0, 3)
          .map(([type, value]) => `${type.slice(0, 4)}${value!.toFixed(2)}`)
          .join(" ");
      console.log(
        row.path.replace(/.*frames\//, "").slice(0, 48).padEnd(48),
        row.label.padEnd(8),
        row.confidence.slice(0, 4).padEnd(4),
        answer.type.padEnd(8),
        answer.use ? "USE" : "-  ",
        p(answer.probabilities),
        "| px",
        p(pixels.probabilities),
        pixels.ood?.toFixed(3),
        "|",
        header.type,
        header.subtype ?? "",
        header.evidence.slice(0, 30),
        "| exp",
        log.exposure,
        "|",
        log.target,
        header.standard?.name ?? "",
      );
    }
  };
  list("WRONG AND USED", wrong);
  list(
    "OTHER NOT RIGHT",
    typed.filter((one) =>
      one.row.label !== one.answer.type && !wrong.includes(one)
    ),
  );
  list(
    "MISSED LIES",
    lies.filter(({ answer }) => answer.agreement !== "conflict"),
  );
  list("FALSE ALARMS", alarms);
  const { weights, likelihoods } = fitEvidence(rows);
  console.log(JSON.stringify(weights), likelihoods.exposure.weight);
  if (write) {
    await Deno.writeTextFile(
      new URL("../lib/classify/evidence.json", import.meta.url),
      JSON.stringify(likelihoods, null, 2) + "\n",
    );
  }
}

if (import.meta.main) await main();
