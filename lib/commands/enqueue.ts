/**
 * `enqueue PATH…`: frames to a queue, for workers to type.
 *
 * @module
 */
import { resolve } from "../io/path.ts";
import { type ListedFrame, listFrames } from "../io/find_frames.ts";
import { SpitError } from "../errors.ts";
import { isUrl } from "../io/http.ts";
import { openLink } from "../batch/nats_link.ts";
import { postDeadAgain, postFrames } from "../batch/post.ts";
import { openStreams, streamNames } from "../batch/streams.ts";
import { noticesOf } from "./frames_named.ts";

/** How a queue is reached: options of `worker` and `enqueue`. */
export interface QueueCommandOptions {
  /** Address of the server; it may hold a password. */
  readonly nats: string;
  /** The stream. Default: `frames`. */
  readonly stream?: string;
  /** File of credentials. */
  readonly creds?: string;
  /** File of certificates that vouch for the server. */
  readonly ca?: string;
  /** No notices. */
  readonly quiet?: boolean;
}

/** Options of `enqueue`. */
export interface EnqueueOptions extends QueueCommandOptions {
  /** Posts again what workers have given up, instead of frames. */
  readonly dead?: boolean;
}

/**
 * Posts the frames that the paths name; says how many were new.
 *
 * @returns The exit code, 0.
 * @throws {SpitError} `usage` when there is nothing to post; what `openLink` and
 *   `openStreams` throw; `no_permission` when Deno may not look at a frame; `io`
 *   when the server does not take them.
 */
export async function enqueue(
  paths: readonly string[],
  options: EnqueueOptions,
): Promise<number> {
  const notice = noticesOf(options);
  if (paths.length === 0 === !options.dead) {
    throw new SpitError(
      "usage",
      "name frames to post, or --dead for those that workers have given up",
    );
  }
  const names = streamNames(options.stream ?? "frames");
  await using link = await openLink({ ...options, name: "enqueue", notice });
  const manager = await openStreams(link.connection, names);
  if (options.dead) {
    const count = await postDeadAgain(link.connection, manager, names);
    notice(`${count} frames that were given up are posted again`);
    return 0;
  }
  const frames = absolute(listFrames(paths, notice));
  const { frames: count, fresh } = await postFrames(
    link.connection,
    names,
    frames,
  );
  const rest = count - fresh;
  const known = rest === 0 ? "" : `; ${rest} were posted within the hour`;
  notice(`${fresh} frames posted to ${names.stream}${known}`);
  return 0;
}

/** Workers run elsewhere. */
async function* absolute(
  frames: AsyncIterable<ListedFrame>,
): AsyncGenerator<ListedFrame, void, void> {
  for await (const { path, ...rest } of frames) {
    if (isUrl(path)) yield { ...rest, path };
    else {
      await refuseUnseen(path);
      yield { ...rest, path: resolve(path) };
    }
  }
}

/** What may not be looked at might be a folder, and would be posted as a frame. */
async function refuseUnseen(path: string): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted") return;
  const what = `Deno may not look at ${path}: run with --allow-read`;
  throw new SpitError("no_permission", what, { file: path });
}
