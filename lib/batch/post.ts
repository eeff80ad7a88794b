/**
 * Frames and dead letters to the queue.
 *
 * @module
 */
import { jetstream, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { type FileVersion, readFileVersions } from "../io/file_version.ts";
import type { ListedFrame } from "../io/find_frames.ts";
import { isUrl } from "../io/http.ts";
import { messageOf } from "./dead_letter.ts";
import { messageId, messageText } from "./frame_message.ts";
import { asked } from "./nats_link.ts";
import type { StreamNames } from "./streams.ts";

/** What was posted. */
export interface Posted {
  /** Frames, new or not. */
  readonly frames: number;
  /** Those of them that the queue had not had within the hour. */
  readonly fresh: number;
}

/** Messages on their way at once. */
const AT_ONCE = 256;

/**
 * Posts frames. They are in the queue's file when this is done.
 *
 * @param frames Absolute paths, or URLs; those whose size is not known are looked
 *   at, but for URLs.
 * @throws {SpitError} `io` when the server does not take one; those before it are there.
 */
export async function postFrames(
  connection: NatsConnection,
  names: StreamNames,
  frames: AsyncIterable<ListedFrame>,
): Promise<Posted> {
  const client = jetstream(connection);
  let count = 0;
  let fresh = 0;
  let batch: ListedFrame[] = [];
  async function post(): Promise<void> {
    const stamps = await stampsFor(batch);
    const answers = await asked(
      "post to the queue",
      () =>
        Promise.all(
          batch.map(({ path }, k) =>
            client.publish(names.together, messageText(path, stamps[k]!), {
              msgID: messageId(path, stamps[k]!),
            })
          ),
        ),
    );
    count += batch.length;
    fresh += answers.filter(({ duplicate }) => !duplicate).length;
    batch = [];
  }
  for await (const frame of frames) {
    batch.push(frame);
    if (batch.length === AT_ONCE) await post();
  }
  if (batch.length > 0) await post();
  return { frames: count, fresh };
}

async function stampsFor(
  frames: readonly ListedFrame[],
): Promise<FileVersion[]> {
  const isKnown = ({ path, size }: ListedFrame) =>
    size !== undefined || isUrl(path);
  const looked = await readFileVersions(
    frames.filter((frame) => !isKnown(frame)).map(({ path }) => path),
  );
  let next = 0;
  return frames.map((frame) =>
    isKnown(frame)
      ? { size: frame.size ?? null, modified: null }
      : looked[next++]!
  );
}

/**
 * Posts dead letters again, the oldest first, and takes them from the dead.
 *
 * @returns How many.
 * @throws {SpitError} `io` when the server does not answer; what is not posted yet
 *   stays with the dead.
 */
export async function postDeadAgain(
  connection: NatsConnection,
  manager: JetStreamManager,
  names: StreamNames,
): Promise<number> {
  const client = jetstream(connection);
  const { deadStream, together } = names;
  const { streams } = manager;
  return await asked("post dead letters again", async () => {
    const { state } = await streams.info(deadStream);
    let count = 0;
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const letter = await streams.getMessage(deadStream, { seq });
      if (letter === null) continue;
      const message = messageOf(new TextDecoder().decode(letter.data));
      if (message === null) continue;
      // Should we end between the two, it is not posted a second time.
      const msgID = `${deadStream} ${seq}`;
      await client.publish(together, message, { msgID });
      await streams.deleteMessage(deadStream, seq);
      count++;
    }
    return count;
  });
}
