/**
 * Publishes frames and dead letters to the queue.
 *
 * @module
 */
import { jetstream, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { type FileVersion, readFileVersions } from "../io/file_version.ts";
import type { ListedFrame } from "../io/find_frames.ts";
import { isUrl } from "../io/http.ts";
import { requestServer } from "./nats_connection.ts";
import type { StreamNames } from "./nats_queue.ts";
import { computeMessageId, formatMessage, parseDeadLetter } from "./queue.ts";

/** The result of {@linkcode publishFrames}. */
export interface PublishedFrames {
  /** Number of frames. */
  readonly frames: number;
  /** Number of messages that the server dropped as duplicates. */
  readonly duplicates: number;
}

/** Messages that are published at the same time. */
const BATCH_SIZE = 256;

/**
 * Publishes frames, and returns when the server has stored all messages.
 *
 * @param frames Absolute paths or URLs.
 * @throws {SpitError} `io` if the server does not accept a message. Those before it
 *   are stored.
 */
export async function publishFrames(
  connection: NatsConnection,
  names: StreamNames,
  frames: AsyncIterable<ListedFrame>,
): Promise<PublishedFrames> {
  const client = jetstream(connection);
  let published = 0;
  let duplicates = 0;
  let batch: ListedFrame[] = [];
  async function publishBatch(): Promise<void> {
    const versions = await readVersions(batch);
    const acks = await requestServer(
      "publish to the queue",
      () =>
        Promise.all(batch.map(({ path }, k) =>
          client.publish(
            names.subjects.main,
            formatMessage(path, versions[k]!),
            {
              msgID: computeMessageId(path, versions[k]!),
            },
          )
        )),
    );
    published += batch.length;
    duplicates += acks.filter(({ duplicate }) => duplicate).length;
    batch = [];
  }
  for await (const frame of frames) {
    batch.push(frame);
    if (batch.length === BATCH_SIZE) await publishBatch();
  }
  if (batch.length > 0) await publishBatch();
  return { frames: published, duplicates };
}

/** Files whose size is listed, and URLs, are not looked up. */
async function readVersions(
  frames: readonly ListedFrame[],
): Promise<FileVersion[]> {
  const isListed = ({ path, size }: ListedFrame) =>
    size !== undefined || isUrl(path);
  const paths = frames.filter((frame) => !isListed(frame))
    .map(({ path }) => path);
  const versions = (await readFileVersions(paths)).values();
  return frames.map((frame) =>
    isListed(frame)
      ? { size: frame.size ?? null, modified: null }
      : versions.next().value!
  );
}

/**
 * Publishes the messages of all dead letters again, the oldest first, and removes the
 * letters. Returns their number.
 *
 * @throws {SpitError} `io` if the server does not respond. The letters that are left
 *   stay in their stream.
 */
export async function republishDeadLetters(
  connection: NatsConnection,
  manager: JetStreamManager,
  names: StreamNames,
): Promise<number> {
  const client = jetstream(connection);
  const { deadLetterStream, subjects } = names;
  const { streams } = manager;
  return await requestServer("publish dead letters again", async () => {
    const { state } = await streams.info(deadLetterStream);
    let count = 0;
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      const letter = await streams.getMessage(deadLetterStream, { seq });
      if (letter === null) continue;
      const message = parseDeadLetter(new TextDecoder().decode(letter.data));
      if (message === null) continue;
      // The id prevents a second message if the process ends before the removal.
      const msgID = `${deadLetterStream} ${seq}`;
      await client.publish(subjects.main, message, { msgID });
      await streams.deleteMessage(deadLetterStream, seq);
      count++;
    }
    return count;
  });
}
