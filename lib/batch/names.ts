/**
 * What files in a folder of parts are called.
 *
 * @module
 */
import { PART } from "./part.ts";
import type { Shard } from "./shard.ts";

/** What a run is at: the same again, for a run that goes on where it ended. */
export interface Job {
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** What stands for the input. */
  readonly fingerprint: string;
  /** The share of it. */
  readonly shard: Shard;
}

/** A file that holds rows. */
export interface RowFile {
  /** Name in the folder. */
  readonly name: string;
  /** Whether it is the journal of a run, whose last line may be cut. */
  readonly isJournal: boolean;
  /** Whose it is; `null` when it is of no shard. */
  readonly job: Job | null;
}

/** What the names of journals end with. */
const JOURNAL = ".rows";

/** Name of a shard's part, counted from 0. */
export function partName(job: Job, part: number): string {
  return `${nameOf(job)}.${String(part).padStart(4, "0")}${PART}`;
}

/** Name of the journal of one process. */
export function journalName(job: Job, mark: string): string {
  return `.${nameOf(job)}.${mark}${JOURNAL}`;
}

/** Name of the list of an input. */
export function inputName(fingerprint: string): string {
  return `input-${fingerprint}.jsonl`;
}

/** Whether a file is the list of an input. */
export function isInput(name: string): boolean {
  return /^input-[0-9a-f]{12}\.jsonl$/.test(name);
}

/** What a file in the folder is, `null` when it holds no rows. */
export function rowFileOf(name: string): RowFile | null {
  const isJournal = name.startsWith(".") && name.endsWith(JOURNAL);
  if (!isJournal && (name.startsWith(".") || !name.endsWith(PART))) return null;
  return { name, isJournal, job: jobOf(name) };
}

/** Whether two are the same but for the shard: nothing of one is in the other's parts. */
export function isBeside(one: Job, other: Job): boolean {
  return one.model === other.model && one.fingerprint === other.fingerprint &&
    one.shard.count === other.shard.count;
}

function nameOf({ model, fingerprint, shard: { index, count } }: Job): string {
  return `${model}.${fingerprint}.${index}of${count}`;
}

function jobOf(name: string): Job | null {
  const [, model, fingerprint, index, count] =
    /^\.?(.+)\.([0-9a-f]{12})\.(\d+)of(\d+)\.[^.]+\./.exec(name) ?? [];
  if (model === undefined || fingerprint === undefined) return null;
  const shard = { index: Number(index), count: Number(count) };
  return { model, fingerprint, shard };
}
