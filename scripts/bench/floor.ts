/**
 * The floor: what no program can do without, inflating the frames with zlib and
 * running the network on finished inputs. Each part runs in a process of its own.
 */
import { gunzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { runModel } from "../../lib/classify/classify_inputs.ts";
import {
  getInputOptions,
  type HduInputs,
  readInputs,
} from "../../lib/classify/inputs.ts";
import { openModel } from "../../lib/model/open_model.ts";
import { selectEvenly } from "./frames.ts";

/** Inputs that are prepared: a pass takes the same time whatever the input shows. */
const PREPARED = 16;

type FloorTask = { readonly model: string; readonly files: readonly string[] };
/** Times of the two parts. */
type FloorTimes = { readonly inflate: number; readonly inference: number };

/**
 * Measures the floor of `count` `.fits.gz` frames that processes share.
 *
 * @returns Milliseconds of a frame, from the slower of the processes.
 */
export async function measureFloor(
  model: string,
  files: readonly string[],
  count: number,
  processes: number,
): Promise<FloorTimes> {
  const all = selectEvenly(files, count);
  const parts = Array.from(
    { length: processes },
    (_, part) => all.filter((_, k) => k % processes === part),
  ).filter((part) => part.length > 0);
  const started = await Promise.all(
    parts.map((part) => startFloorProcess({ model, files: part })),
  );
  // All begin once all are ready, so that they compete for the cores.
  const times = await Promise.all(started.map((begin) => begin()));
  const longest = (time: (times: FloorTimes) => number) =>
    1000 * Math.max(...times.map(time)) / count;
  return {
    inflate: longest(({ inflate }) => inflate),
    inference: longest(({ inference }) => inference),
  };
}

/** Starts a process and waits until its frames and inputs are in memory. */
async function startFloorProcess(
  task: FloorTask,
): Promise<() => Promise<FloorTimes>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(import.meta.url)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(task) + "\n"));
  const output = child.stdout.pipeThrough(new TextDecoderStream()).values();
  if ((await output.next()).done) {
    throw new Error("a process of the floor ended before it was ready");
  }
  return async () => {
    await writer.close();
    const text = (await Array.fromAsync(output)).join("");
    await child.status;
    return JSON.parse(text);
  };
}

/** The process: reads its task, reports that it is ready, waits for the end of its input, measures. */
async function main(): Promise<void> {
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .getReader();
  let line = "";
  while (!line.includes("\n")) line += (await input.read()).value ?? "\n";
  const task: FloorTask = JSON.parse(line);

  await using model = await openModel(task.model, "cpu");
  const frames = await Promise.all(
    task.files.map((file) => Deno.readFile(file)),
  );
  const inputs: (readonly HduInputs[])[] = [];
  for (const file of selectEvenly(task.files, PREPARED)) {
    const read = await readInputs(file, getInputOptions(model.card));
    if (read.error !== null) throw read.error;
    inputs.push(read.hdus);
  }
  for (const hdus of inputs) await runModel(model, hdus);
  frames.slice(0, 6).forEach(inflate);

  console.log("ready");
  while (!(await input.read()).done);
  const times: FloorTimes = {
    inflate: await measureSeconds(() => frames.forEach(inflate)),
    inference: await measureSeconds(async () => {
      for (let k = 0; k < frames.length; k++) {
        await runModel(model, inputs[k % inputs.length]!);
      }
    }),
  };
  console.log(JSON.stringify(times));
}

/** Inflates into one buffer of the length in the trailer: Deno's fastest way. */
function inflate(gzip: Uint8Array<ArrayBuffer>): void {
  const trailer = new DataView(gzip.buffer, gzip.byteLength - 4, 4);
  const length = trailer.getUint32(0, true);
  gunzipSync(gzip, { chunkSize: Math.max(64, length + 1) });
}

async function measureSeconds(work: () => void | Promise<void>) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

if (import.meta.main) await main();
