/**
 * `run PATH… --out DIR`: a share of many frames, typed into parts.
 *
 * @module
 */
import { openShard } from "../batch/run_shard.ts";
import type { SizedFrame } from "../batch/slice.ts";
import type { Shard } from "../batch/shard.ts";
import { readFileVersions } from "../io/file_version.ts";
import { classifyFiles } from "../classify/classify_files.ts";
import { listFrames } from "../io/find_frames.ts";
import { SpitError } from "../errors.ts";
import { isUrl } from "../io/http.ts";
import { readRules } from "../header/read_rules.ts";
import { modelId } from "../model/model_card.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { openModel } from "../model/open_model.ts";
import { countVerdicts } from "../output/summary.ts";
import { summaryText } from "../output/table.ts";
import { noticesOf, type TypingOptions, withProgress } from "./frames_named.ts";
import { makeFolder } from "../io/output.ts";

/** Options of `run`. */
export interface RunCommandOptions extends TypingOptions {
  /** Which share. Default: all. */
  readonly shard?: Shard;
  /** Folder for the parts; it is made where it is not there. */
  readonly out: string;
}

/**
 * Types the frames of a share that have no row yet; writes parts.
 *
 * @returns The exit code, 0.
 * @throws {SpitError} `usage` when there is nothing to type, or no folder to write
 *   to; `io` when a part cannot be written; what `openModel` throws.
 */
export async function run(
  paths: readonly string[],
  options: RunCommandOptions,
): Promise<number> {
  const { out, shard = { index: 1, count: 1 } } = options;
  const notice = noticesOf(options);
  const frames = await sizedFrames(paths, notice);
  await makeFolder(out);
  const rules = await readRules(options.rules ?? []);
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  const id = modelId(model.card);
  const work = await openShard({ frames, shard, folder: out, model: id });
  const count = work.toType.length;
  notice(
    `shard ${shard.index}/${shard.count}: ${work.frames} frames, ${
      work.frames - count
    } done before; ${id} on ${model.device}`,
  );

  const start = performance.now();
  const counter = countVerdicts();
  async function* counted() {
    const typed = classifyFiles(work.toType, { ...options, rules, model });
    for await (const verdict of typed) {
      counter.add(verdict);
      yield verdict;
    }
  }
  await work.fill(withProgress(counted(), { count, quiet: options.quiet }));
  const seconds = (performance.now() - start) / 1000;
  const summary = counter.summary({ seconds, model: id, device: model.device });
  if (count > 0) summaryText(summary).trimEnd().split("\n").forEach(notice);
  return 0;
}

/** All frames that are named, with their sizes, for shares to be alike. */
async function sizedFrames(
  paths: readonly string[],
  notice: (message: string) => void,
): Promise<SizedFrame[]> {
  const listed = await Array.fromAsync(listFrames(paths, notice));
  if (listed.length === 0) {
    throw new SpitError(
      "usage",
      "there is nothing to type: name FITS files, or folders that hold some",
    );
  }
  // Servers are not asked for each of a thousand shares.
  const unsized = listed.filter(({ path, size }) =>
    size === undefined && !isUrl(path)
  );
  const stamps = await readFileVersions(unsized.map(({ path }) => path));
  const sizes = new Map(unsized.map(({ path }, k) => [path, stamps[k]!.size]));
  return listed.map(({ path, size = sizes.get(path) ?? null }) => ({
    path,
    size,
  }));
}
