/**
 * One share of an input, typed into parts; started again, only what is not yet.
 *
 * @module
 */
import { join } from "../io/path.ts";
import type { Verdict } from "../classify/verdict.ts";
import { createWriterId } from "../io/output.ts";
import { openJournal } from "./journal.ts";
import { type PlannedPart, planShard } from "./plan_shard.ts";
import { inputName, type Job, journalName, partName } from "./names.ts";
import { removeIfThere, writeLines } from "./part.ts";
import { lookInto } from "./row_files.ts";
import { fingerprintOf, inOrder, type SizedFrame, sliceOf } from "./slice.ts";
import type { Shard } from "./shard.ts";
import { rowLine, stampedRow } from "./stamped_row.ts";
import { type FileVersion, readFileVersions } from "../io/file_version.ts";

/** What is to be done. */
export interface ShardOrder {
  /** The whole input. */
  readonly frames: Iterable<SizedFrame>;
  /** Which share of it. */
  readonly shard: Shard;
  /** Folder for the parts; it must be there. */
  readonly folder: string;
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** Frames a part. Default: 500. */
  readonly partFrames?: number;
}

/** A share that is worked out, before anything is typed. */
export interface ShardWork {
  /** Frames of the share. */
  readonly frames: number;
  /** Those that have no row yet, in the order that they are to be typed. */
  readonly toType: readonly string[];
  /**
   * Types them.
   *
   * @param verdicts One for each of `toType`, in its order.
   * @throws {SpitError} `io` when a row or a part cannot be written. What was written stays.
   */
  fill(verdicts: AsyncIterable<Verdict>): Promise<void>;
}

/**
 * Works out a share. A frame has a row when a part, or the journal of a run that
 * was killed, has one of its path, size, time of modification and model, whatever
 * input or number of shards that was for. A row whose fault may pass (`io`,
 * `no_permission`) does not count.
 *
 * @throws {SpitError} `io` when the folder cannot be read or written to, or holds
 *   a damaged part.
 */
export async function openShard(order: ShardOrder): Promise<ShardWork> {
  const { shard, folder, model, partFrames = 500 } = order;
  const all = inOrder(order.frames);
  const fingerprint = fingerprintOf(all, partFrames);
  const job: Job = { model, fingerprint, shard };
  await keepInput(folder, fingerprint, all);
  const paths = sliceOf(all, shard).map(({ path }) => path);
  const stamps = await readFileVersions(paths);
  const stampFor = new Map(paths.map((path, k) => [path, stamps[k]!]));
  const plan = await planShard(job, folder, stampFor, partFrames);
  return {
    frames: paths.length,
    toType: plan.parts.flatMap(({ toType }) => toType),
    async fill(verdicts) {
      await fillParts(job, folder, plan.parts, stampFor, verdicts);
      for (const name of plan.usedUp) await removeIfThere(join(folder, name));
    },
  };
}

/** What merging needs to know which frames have no row; whoever comes first writes it. */
async function keepInput(
  folder: string,
  fingerprint: string,
  frames: readonly SizedFrame[],
): Promise<void> {
  const name = inputName(fingerprint);
  const { inputs } = await lookInto(folder);
  if (inputs.includes(name)) return;
  const lines = frames.map(({ path }) => JSON.stringify(path) + "\n");
  await writeLines(folder, name, lines);
}

async function fillParts(
  job: Job,
  folder: string,
  parts: readonly PlannedPart[],
  stampFor: ReadonlyMap<string, FileVersion>,
  verdicts: AsyncIterable<Verdict>,
): Promise<void> {
  if (parts.length === 0) return;
  const name = journalName(job, createWriterId());
  using journal = await openJournal(folder, name);
  const source = verdicts[Symbol.asyncIterator]();
  try {
    for (const { index, toType, rows: kept } of parts) {
      const rows = new Map(kept);
      for (const path of toType) {
        const { value: verdict, done } = await source.next();
        if (done) throw new Error(`there is no verdict on ${path}`);
        const line = rowLine(stampedRow(verdict, stampFor.get(path)!));
        await journal.append(line);
        rows.set(path, line);
      }
      const inOrder = [...rows].sort(([one], [other]) => one < other ? -1 : 1);
      await writeLines(
        folder,
        partName(job, index),
        inOrder.map(([, line]) => line),
      );
      await journal.clear();
    }
    await journal.remove();
  } finally {
    await source.return?.();
  }
}
