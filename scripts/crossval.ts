/**
 * Cross-validation: each frame is classified by a network that was trained without
 * its spectrograph, or without its night.
 *
 *     deno task crossval --manifest ../shared/frames/manifest.csv --by instrument \
 *       --folds 5 --start data/start.pt --dataset data/real \
 *       --dataset data/simulated-0 --work data/crossval -- --epochs 6
 *
 * Writes to WORK for each fold the names of the frames held out (`fold-0.txt`), the
 * network trained without them (`fold-0/`, with `log.txt`; its card has the
 * thresholds that the other folds choose) and their verdicts
 * (`fold-0/predictions.ndjson`). Then it writes `thresholds.json`,
 * `predictions.ndjson`, `score.txt`, `score.json` and `score.html`. A run that was
 * stopped continues with what is missing: remove the `predictions.ndjson` of the folds
 * to classify again after a change of the rules or of the evidence. With as many folds as there are
 * spectrographs it leaves one out at a time.
 */
import { Command, Option } from "commander";
import { parseCountFrom } from "../lib/commands/options.ts";
import { SpitError } from "../lib/errors.ts";
import { findDuplicates } from "../lib/evaluation/duplicates.ts";
import {
  assignFolds,
  type FoldUnit,
  getFoldGroup,
  groupNamesByFold,
  readRealNames,
} from "../lib/evaluation/folds.ts";
import {
  type LabelledFrame,
  readManifest,
} from "../lib/evaluation/manifest.ts";
import {
  predictFrames,
  readPredictions,
  stringifyPrediction,
} from "../lib/evaluation/predictions.ts";
import { writeFileAtomically } from "../lib/io/output.ts";
import { openModel } from "../lib/model/open_model.ts";
import {
  createPooledEvaluation,
  formatEvaluationJson,
} from "../lib/output/evaluation/evaluation.ts";
import { renderEvaluationPage } from "../lib/output/evaluation/page.tsx";
import { formatEvaluation } from "../lib/output/evaluation/text.ts";
import { join } from "../lib/std.ts";
import { spitTrain } from "./spit_train.ts";

interface Options {
  readonly manifest: string;
  readonly by: FoldUnit;
  readonly folds: number;
  readonly dataset: readonly string[];
  readonly work: string;
  readonly start?: string;
  readonly network: string;
  readonly jobs: number;
  readonly python: string;
  /** Further options of `spit_train train`. */
  readonly further: readonly string[];
}

interface Fold {
  readonly number: number;
  readonly frames: readonly LabelledFrame[];
  /** Names of the input images to hold out of the training. */
  readonly heldOut: readonly string[];
  /** The folder of the network, its model card and the predictions. */
  readonly folder: string;
  readonly card: string;
  readonly predictions: string;
}

async function main(): Promise<void> {
  const options = parseOptions();
  const { work, jobs } = options;
  const frames = await readManifest(options.manifest);
  const folds = await readFolds(frames, options);
  await Deno.mkdir(work, { recursive: true });
  await refuseOtherRun(folds, options);

  const stop = new AbortController();
  try {
    const train = (fold: Fold) => trainFold(fold, options, stop.signal);
    await runInParallel(folds, jobs, train);
    const rows = folds.map(({ predictions }) => readIfPresent(predictions));
    if ((await Promise.all(rows)).includes(null)) {
      await calibrate(options, stop.signal);
    }
    await runInParallel(folds, jobs, classifyFold);
  } finally {
    // When a fold fails, the trainings of the other folds are stopped.
    stop.abort();
  }
  console.log(await pool(folds, options));
}

async function runInParallel(
  folds: readonly Fold[],
  jobs: number,
  work: (fold: Fold) => Promise<void>,
): Promise<void> {
  const waiting = folds.values();
  const worker = async () => {
    for (const fold of waiting) await work(fold);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

async function readFolds(
  frames: readonly LabelledFrame[],
  { by, folds: count, dataset, work, network }: Options,
): Promise<Fold[]> {
  const numbers = assignFolds(frames, by, count, await findDuplicates(frames));
  const names = (await Promise.all(dataset.map(readRealNames))).flat();
  const paths = frames.map(({ path }) => path);
  return groupNamesByFold(names, paths, numbers).map((heldOut, number) => {
    const own = frames.filter((_, k) => numbers[k] === number);
    const groups = new Set(own.map((frame) => getFoldGroup(frame, by)));
    console.error(
      `fold ${number}: ${own.length} frames of ${[...groups].join(", ")}`,
    );
    const folder = join(work, `fold-${number}`);
    const card = join(folder, `${network}.json`);
    const predictions = join(folder, "predictions.ndjson");
    return { number, frames: own, heldOut, folder, card, predictions };
  });
}

/** Refuses a folder with a run of other frames or options, which would look complete. */
async function refuseOtherRun(
  folds: readonly Fold[],
  { by, dataset, start, network, work, further }: Options,
): Promise<void> {
  const file = join(work, "run.json");
  const heldOut = folds.map((fold) => fold.heldOut);
  const run = { by, network, start: start ?? null, dataset, further, heldOut };
  const text = JSON.stringify(run, null, 1);
  const before = await readIfPresent(file);
  if (before !== null && before !== text) {
    throw new SpitError(
      "usage",
      `Cannot continue in ${work}: it has a cross-validation with other frames ` +
        "or options (run.json). Give another --work, or remove it",
      { file },
    );
  }
  await writeFileAtomically(file, text);
}

/** Writes to the card of each fold the temperature and thresholds that the other folds choose. */
async function calibrate(
  { work, network, python }: Options,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    "calibrate",
    work,
    "--network",
    network,
    "--out",
    join(work, "thresholds.json"),
  ];
  const { code } = await spitTrain(python, args, { signal }).spawn().status;
  if (code === 0) return;
  throw new SpitError(
    "usage",
    `Cannot calibrate: spit_train ended with ${code}, see above`,
    { file: work },
  );
}

async function classifyFold(
  { number, frames, card, predictions }: Fold,
): Promise<void> {
  if (await readIfPresent(predictions) !== null) {
    console.error(`fold ${number}: complete`);
    return;
  }
  await using model = await openModel(card, "cpu");
  const lines: string[] = [];
  for await (const one of predictFrames(frames, model)) {
    lines.push(stringifyPrediction({ ...one, fold: number }) + "\n");
  }
  await writeFileAtomically(predictions, lines.join(""));
  console.error(`fold ${number}: ${lines.length} frames classified`);
}

async function trainFold(
  { number, heldOut, folder, card }: Fold,
  { work, dataset, start, network, python, further }: Options,
  signal: AbortSignal,
): Promise<void> {
  if (await readIfPresent(card) !== null) return;
  await Deno.mkdir(folder, { recursive: true });
  const list = join(work, `fold-${number}.txt`);
  await writeFileAtomically(list, heldOut.map((name) => `${name}\n`).join(""));
  const args = [
    ["train", "--network", network],
    ["--hold-out", list, "--out", folder],
    ["--checkpoint", join(folder, "checkpoint.pt")],
    start === undefined ? [] : ["--start", start],
    dataset.flatMap((one) => ["--dataset", one]),
    further,
  ].flat();
  console.error(`fold ${number}: spit_train ${args.join(" ")}`);
  const logPath = join(folder, "log.txt");
  using log = await Deno.open(logPath, { create: true, append: true });
  const child = spitTrain(python, args, {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  await Promise.all([copy(child.stdout, log), copy(child.stderr, log)]);
  const { code } = await child.status;
  if (code === 0) return;
  const last = (await Deno.readTextFile(logPath)).trimEnd().split("\n").at(-1);
  throw new SpitError(
    "usage",
    `training without fold ${number} ended with ${code}: ${last} (${logPath})`,
    { file: logPath },
  );
}

async function copy(
  stream: ReadableStream<Uint8Array>,
  file: Deno.FsFile,
): Promise<void> {
  for await (const chunk of stream) {
    for (let done = 0; done < chunk.length;) {
      done += await file.write(chunk.subarray(done));
    }
  }
}

/** All rows in one file, in the order of the folds, and their score. */
async function pool(
  folds: readonly Fold[],
  { work, by, manifest, network }: Options,
): Promise<string> {
  const predictions = await readPredictions(
    folds.map((fold) => fold.predictions),
  );
  const write = (name: string, text: string) =>
    writeFileAtomically(join(work, name), text);
  const lines = predictions.map((one) => stringifyPrediction(one) + "\n");
  await write("predictions.ndjson", lines.join(""));
  const unit = by === "instrument" ? "spectrograph" : "night";
  const evaluation = createPooledEvaluation(
    `${network}, cross-validation by ${unit}, ${folds.length} folds of ${manifest}`,
    predictions,
  );
  const text = formatEvaluation(evaluation);
  await write("score.txt", text);
  await write("score.json", formatEvaluationJson(evaluation));
  await write("score.html", await renderEvaluationPage(evaluation));
  return text;
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function parseOptions(): Options {
  const program = new Command("crossval")
    .description(
      "train without each fold in turn, classify it, score all folds together",
    )
    .requiredOption("--manifest <csv>", "labelled real frames")
    .requiredOption(
      "--dataset <folder>",
      "dataset to train on; may be repeated",
      (folder: string, before: string[] = []) => [...before, folder],
    )
    .requiredOption("--work <folder>", "folder for the results")
    .addOption(
      new Option("--by <unit>", "what is held out as a whole")
        .choices(["instrument", "night"]).default("instrument"),
    )
    .option("--folds <number>", "number of folds", parseCountFrom(1), 5)
    .option("--start <weights>", "weights that each fold starts from")
    .option("--network <name>", "which network", "spit-compact")
    .option(
      "--jobs <number>",
      "folds trained at the same time",
      parseCountFrom(1),
      1,
    )
    .option("--python <program>", "the Python that has PyTorch", "python3")
    .argument("[options...]", "after --: further options of `spit_train train`")
    .parse(Deno.args, { from: "user" });
  return { ...program.opts<Options>(), further: program.args };
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SpitError || error instanceof RangeError)) {
      throw error;
    }
    console.error(`error: ${error.message}`);
    Deno.exit(2);
  }
}
