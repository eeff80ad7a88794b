import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { Command } from "commander";
import { stringify } from "csv-stringify/sync";
import { SpitError } from "../errors.ts";
import { encodeFits } from "../fits/write_fits.ts";
import { readRegularFile } from "../io/file.ts";
import { cannotWrite, makeFolder } from "../io/output.ts";
import { basename, join } from "../std.ts";
import {
  OOD_KINDS,
  simulateOodFrame,
} from "../simulate/ood/simulate_ood_frame.ts";
import { createInstrument, INSTRUMENTS } from "../simulate/named_instrument.ts";
import { simulateNight } from "../simulate/simulate_night.ts";
import { addQuietOption, parseCount, parseFraction } from "./options.ts";

interface SimulateOptions {
  readonly seed: number;
  readonly count: number;
  readonly lying?: number;
  readonly gzip?: boolean;
  readonly instrument?: string;
  readonly ood?: boolean;
  readonly quiet?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<OUT>", "folder for the frames")
    .option(
      "--seed <number>",
      "the same seed gives the same frames",
      parseCount,
      1,
    )
    .option("--count <number>", "number of frames", parseCount, 24)
    .option(
      "--lying <fraction>",
      "fraction of frames whose header gives a wrong type, 0 to 1",
      parseFraction,
    )
    .option("--gzip", "write .fits.gz")
    .option(
      "--instrument <name>",
      `frames of one simulated instrument only: ${INSTRUMENTS.join(", ")}`,
    )
    .option("--ood", "write out-of-distribution frames instead of a night")
    .action(async (out: string, options: SimulateOptions) => {
      await simulate(out, options);
    });
  addQuietOption(command);
}

/**
 * Writes simulated frames and `labels.csv`.
 *
 * @param out Folder; created if missing. An existing file is accepted if it has the same
 *   content, so that a command can be repeated.
 * @returns The paths of the frames.
 * @throws {SpitError} `usage` for an unknown instrument, for an existing file with other
 *   content, or for a folder that cannot be created; `io` when a file cannot be written.
 */
export async function simulate(
  out: string,
  options: SimulateOptions,
): Promise<string[]> {
  const instrument = findInstrument(options);
  await makeFolder(out);
  const paths: string[] = [];
  const labels: string[][] = [
    ["path", "label", "instrument", "night", "split"],
  ];
  // No network is trained on frames of these seeds.
  const split = "test";
  const frames = options.ood
    ? simulateOodFrames(options)
    : simulateNight({ ...options, instrument });
  for (const frame of frames) {
    const bytes = encodeFits([{ cards: frame.cards, plane: frame.plane }]);
    const path = join(out, frame.name + (options.gzip ? ".fits.gz" : ".fits"));
    await writeNew(path, options.gzip ? gzipSync(bytes) : bytes);
    paths.push(path);
    const { type, instrument } = frame;
    labels.push([basename(path), type, instrument, "2026-01-01", split]);
  }
  const csv = new TextEncoder().encode(stringify(labels));
  await writeNew(join(out, "labels.csv"), csv);
  if (!options.quiet) {
    console.error(`${paths.length} frames in ${out}, with labels.csv`);
  }
  return paths;
}

/** Simulates all kinds in turn, including those that no network is trained on. */
function* simulateOodFrames({ count, seed }: SimulateOptions) {
  for (let i = 0; i < count; i++) {
    const kind = OOD_KINDS[i % OOD_KINDS.length]!;
    // Half a million away from the seeds of training datasets.
    const { plane } = simulateOodFrame({ seed: (seed + 0.5) * 1e6 + i, kind });
    const name = `${String(i + 1).padStart(4, "0")}-${kind}`;
    yield { name, type: "other", instrument: kind, plane, cards: [] };
  }
}

function findInstrument({ instrument: name, seed }: SimulateOptions) {
  if (name === undefined) return undefined;
  const instrument = createInstrument(name, seed);
  if (instrument) return instrument;
  throw new SpitError(
    "usage",
    `there is no simulated instrument "${name}"; choose one of ${
      INSTRUMENTS.join(", ")
    }`,
  );
}

/** Writes a new file, completely or not at all. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const existing = await readRegularFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw cannotWrite("usage", path, error);
  });
  if (existing !== null) {
    if (Buffer.compare(existing, bytes) === 0) return;
    throw new SpitError(
      "usage",
      `${path} exists with other content: choose an empty folder`,
      { file: path },
    );
  }
  // `createNew` does not follow a link of that name to another folder.
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    await Deno.writeFile(part, bytes, { createNew: true });
    await Deno.rename(part, path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    await Deno.remove(part).catch(() => {});
    throw cannotWrite("io", path, cause);
  }
}
