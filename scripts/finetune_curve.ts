/**
 * Measures what labels bring: a network that did not see a spectrograph is fine-tuned
 * on 5, 10, 20 and 40 of its frames, and evaluated on the others.
 *
 *     deno run -A scripts/finetune_curve.ts --manifest ../shared/frames/manifest.csv \
 *       --model data/crossval/fold-0/spit-compact.json --spectrograph kast --work data/finetune
 *
 * The model must be a fold of the cross-validation that was not trained on that
 * spectrograph. The frames to label are drawFrames from the types in turn, anew in each
 * repetition. Prints a table and writes WORK/curve.json.
 */
import { stringify } from "csv-stringify/sync";
import { Command } from "commander";
import { join, resolve } from "../lib/io/path.ts";
import { SpitError } from "../lib/errors.ts";
import { openModel } from "../lib/model/open_model.ts";
import { makeRandom } from "../lib/simulate/random.ts";
import { judge } from "../lib/evaluation/judge.ts";
import type { Judged } from "../lib/evaluation/judged.ts";
import {
  type LabelledFrame,
  readManifest,
} from "../lib/evaluation/manifest.ts";
import { spectrograph } from "../lib/evaluation/split.ts";
import { wilson } from "../lib/evaluation/wilson.ts";
import { spitTrain } from "./spit_train.ts";

interface Options {
  readonly manifest: string;
  readonly model: string;
  readonly spectrograph: string;
  readonly work: string;
  readonly labels: readonly string[];
  readonly repeats: string;
  readonly python: string;
}

interface Point {
  readonly labels: number;
  readonly repeat: number;
  readonly n: number;
  readonly before: number;
  readonly after: number;
  readonly seconds: number;
}

const { options } = parseOptions();
const frames = (await readManifest(options.manifest)).filter((frame) =>
  spectrograph(frame.instrument) === options.spectrograph &&
  frame.label !== "other"
);
if (frames.length === 0) {
  throw new SpitError(
    "bad_manifest",
    `${options.manifest} has no frame with a type of ${options.spectrograph}`,
  );
}
const points: Point[] = [];
for (const count of options.labels.map(Number)) {
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    points.push(await measurePoint(count, repeat));
    console.error(JSON.stringify(points.at(-1)));
  }
}
await Deno.writeTextFile(
  join(options.work, "curve.json"),
  JSON.stringify(points, null, 2) + "\n",
);
console.log(table(points));

async function measurePoint(count: number, repeat: number): Promise<Point> {
  const labelled = drawFrames(count, repeat);
  const others = frames.filter((frame) => !labelled.includes(frame));
  const folder = join(options.work, `${count}-${repeat}`);
  await Deno.mkdir(folder, { recursive: true });
  const manifest = join(folder, "labels.csv");
  const rows = labelled.map(({ path, label, instrument, night, hdu }) => ({
    path: resolve(path),
    label,
    instrument,
    night,
    hdu: hdu ?? "",
  }));
  await Deno.writeTextFile(manifest, stringify(rows, { header: true }));
  const start = performance.now();
  await finetune(manifest, join(folder, "adapted"));
  const seconds = (performance.now() - start) / 1000;
  return {
    labels: labelled.length,
    repeat,
    n: others.length,
    before: await countRight(options.model, others),
    after: await countRight(join(folder, "adapted", "adapted.json"), others),
    seconds: Math.round(seconds),
  };
}

/** Draws the frames to label, from the types in turn. */
function drawFrames(count: number, repeat: number): LabelledFrame[] {
  const random = makeRandom(1000 * repeat + 1);
  const shuffled = frames.map((frame) => ({ frame, key: random.uniform() }))
    .sort((a, b) => a.key - b.key).map(({ frame }) => frame);
  const byType = [...Map.groupBy(shuffled, ({ label }) => label).values()];
  const chosen: LabelledFrame[] = [];
  for (let turn = 0; chosen.length < Math.min(count, frames.length); turn++) {
    const next = byType[turn % byType.length]!.shift();
    if (next) chosen.push(next);
  }
  return chosen;
}

async function finetune(manifest: string, out: string): Promise<void> {
  const { code, stderr } = await spitTrain(
    options.python,
    [
      ...["finetune", options.model],
      ...["--manifest", resolve(manifest), "--out", out],
    ],
    { stdout: "null" },
  ).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}

async function countRight(
  card: string,
  others: readonly LabelledFrame[],
): Promise<number> {
  await using model = await openModel(card, "cpu");
  const judged: Judged[] = await Array.fromAsync(judge(others, model));
  return judged.filter(({ frame, verdict }) => verdict.type === frame.label)
    .length;
}

function table(points: readonly Point[]): string {
  const lines = ["| labels | right before | right after | minutes |"];
  for (const [labels, group] of Map.groupBy(points, (point) => point.labels)) {
    const n = group.reduce((sum, point) => sum + point.n, 0);
    const share = (of: (point: Point) => number) => {
      const hits = group.reduce((sum, point) => sum + of(point), 0);
      // Repetitions have frames in common, so the interval is that of one repetition.
      const each = n / group.length;
      const [low, high] = wilson(hits / group.length, each);
      return `${(100 * hits / n).toFixed(1)} % (n = ${Math.round(each)}; ${
        (100 * low).toFixed(0)
      } to ${(100 * high).toFixed(0)})`;
    };
    const minutes = Math.max(...group.map(({ seconds }) => seconds)) / 60;
    lines.push(
      `| ${labels} | ${share(({ before }) => before)} | ${
        share(({ after }) => after)
      } | ${minutes.toFixed(1)} |`,
    );
  }
  return lines.join("\n");
}

function parseOptions(): { options: Options } {
  const program = new Command("finetune_curve")
    .requiredOption("--manifest <csv>", "labelled real frames")
    .requiredOption(
      "--model <card>",
      "a model that was not trained on the frames",
    )
    .requiredOption("--spectrograph <name>", "name before the hyphen")
    .requiredOption("--work <folder>", "folder for the results")
    .option("--labels <numbers...>", "numbers of labels", [
      "5",
      "10",
      "20",
      "40",
    ])
    .option("--repeats <number>", "repetitions for each number", "3")
    .option("--python <program>", "the Python that has PyTorch", "python3")
    .parse(Deno.args, { from: "user" });
  return { options: program.opts<Options>() };
}
