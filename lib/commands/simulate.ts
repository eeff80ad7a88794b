/**
 * `cli.ts simulate`: a night of simulated raw frames as FITS.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { basename, join } from "../io/path.ts";
import { stringify } from "csv-stringify/sync";
import { SpitError } from "../errors.ts";
import { encodeFits } from "../fits/write_fits.ts";
import {
  OOD_KINDS,
  simulateOodFrame,
} from "../simulate/ood/simulate_ood_frame.ts";
import { createInstrument, INSTRUMENTS } from "../simulate/named_instrument.ts";
import { simulateNight } from "../simulate/simulate_night.ts";

/** What the command takes. */
export interface SimulateOptions {
  /** The same seed, the same night. */
  readonly seed: number;
  /** Number of frames. */
  readonly count: number;
  /** Share of frames whose header lies, 0 to 1. */
  readonly lying?: number;
  /** Write `.fits.gz`. */
  readonly gzip?: boolean;
  /** Name of an instrument; any when left out. */
  readonly instrument?: string;
  /** Simulate out-of-distribution frames instead of a night. */
  readonly ood?: boolean;
  /** Say nothing on standard error. */
  readonly quiet?: boolean;
}

/**
 * Writes a night and its labels.
 *
 * @param out Folder, made if need be. A file that is there is kept when it holds the very
 *   bytes that would be written, so that the same command can be run twice.
 * @returns Paths of the frames.
 * @throws {SpitError} `usage` for an unknown instrument, or when another file is in the way.
 */
export async function simulate(
  out: string,
  options: SimulateOptions,
): Promise<string[]> {
  const instrument = instrumentOf(options);
  await Deno.mkdir(out, { recursive: true });
  const paths: string[] = [];
  const labels: string[][] = [
    ["path", "label", "instrument", "night", "split"],
  ];
  // No network is trained on the seeds of out-of-distribution frames used here.
  const split = options.ood ? "test" : "";
  const frames = options.ood
    ? simulateOodFrames(options)
    : simulateNight({ ...options, instrument });
  for (const frame of frames) {
    const bytes = encodeFits([{ cards: frame.cards, plane: frame.plane }]);
    const path = join(out, frame.name + (options.gzip ? ".fits.gz" : ".fits"));
    await writeNew(path, options.gzip ? gzipSync(bytes) : bytes);
    paths.push(path);
    labels.push([
      basename(path),
      frame.type,
      frame.instrument,
      "2026-01-01",
      split,
    ]);
  }
  await writeNew(
    join(out, "labels.csv"),
    new TextEncoder().encode(stringify(labels)),
  );
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

function instrumentOf({ instrument: name, seed }: SimulateOptions) {
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

/** Writes a file whole or not at all, and never over another's. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  const there = await readIfThere(path);
  if (there !== undefined) {
    if (
      there.length === bytes.length &&
      there.every((byte, k) => byte === bytes[k])
    ) return;
    throw new SpitError(
      "usage",
      `${path} is there already and holds something else; choose an empty folder`,
      { file: path },
    );
  }
  // A link of that name would lead elsewhere: it must be new.
  const part = `${path}.${crypto.randomUUID().slice(0, 8)}.part`;
  await Deno.writeFile(part, bytes, { createNew: true });
  await Deno.rename(part, path);
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
