/**
 * One process of the floor: takes its orders from standard input, says when it is
 * ready, waits until standard input ends, measures.
 */
import { runModel } from "../../lib/classify/classify_inputs.ts";
import {
  getInputOptions,
  type HduInputs,
  readInputs,
} from "../../lib/classify/inputs.ts";
import { type Model, openModel } from "../../lib/model/open_model.ts";
import type { FloorAnswer, FloorOrders } from "./floor.ts";
import { fastestInflate, type Inflate } from "./inflate_ways.ts";
import { evenly } from "./night.ts";

/** Frames whose flips are made: passes take as long whatever the flips show. */
const MOST_FLIPS = 16;
/** Frames by which the fastest way to inflate is found. */
const TRIED = 6;

async function main(): Promise<void> {
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .getReader();
  let line = "";
  while (!line.includes("\n")) line += (await input.read()).value ?? "\n";
  const { network, files }: FloorOrders = JSON.parse(line);

  await using model = await openModel(network, "cpu");
  const frames = await Promise.all(files.map((file) => Deno.readFile(file)));
  const inputs = await readAll(evenly(files, MOST_FLIPS), model);
  for (const hdus of inputs) await runModel(model, hdus);
  const { way, inflate } = await fastestInflate(evenly(frames, TRIED));

  console.log("ready");
  while (!(await input.read()).done);
  const answer: FloorAnswer = {
    way,
    inflate: await secondsOf(() => inflateAll(inflate, frames)),
    inference: await secondsOf(async () => {
      for (let k = 0; k < frames.length; k++) {
        await runModel(model, inputs[k % inputs.length]!);
      }
    }),
  };
  console.log(JSON.stringify(answer));
}

async function inflateAll(
  inflate: Inflate,
  frames: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  for (const frame of frames) await inflate(frame);
}

async function readAll(
  files: readonly string[],
  { card }: Model,
): Promise<(readonly HduInputs[])[]> {
  const all: (readonly HduInputs[])[] = [];
  for (const file of files) {
    const read = await readInputs(file, getInputOptions(card));
    if (read.error !== null) throw read.error;
    all.push(read.hdus);
  }
  return all;
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

if (import.meta.main) await main();
