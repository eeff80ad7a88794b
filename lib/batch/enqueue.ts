import { jetstream, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ListedFrame } from "../io/find_frames.ts";
import { requestServer } from "./nats_connection.ts";
import type { StreamNames } from "./nats_queue.ts";
import { readListedVersions } from "./shard.ts";
import { computeMessageId, formatMessage, parseDeadLetter } from "./queue.ts";

/** Messages that are published at the same time. */
const BATCH_SIZE = 256;

/**
 * Publishes frames, and returns when the server has stored all messages. It drops
 * duplicates, which are counted in `frames`, too.
 *
 * @param frames Absolute paths or URLs.
 * @throws {SpitError} `io` if the server does not accept a message. Those before it
 *   are stored.
 */
export async function publishFrames(
  connection: NatsConnection,
  names: StreamNames,
  frames: AsyncIterable<ListedFrame>,
): Promise<{ frames: number; duplicates: number }> {
  const client = jetstream(connection);
  let published = 0;
  let duplicates = 0;
  let batch: ListedFrame[] = [];
  async function publishBatch(): Promise<void> {
    const versions = await readListedVersions(batch);
    const publish = ({ path }: ListedFrame, k: number) => {
      const message = formatMessage(path, versions[k]!);
      const msgID = computeMessageId(path, versions[k]!);
      return client.publish(names.subjects.main, message, { msgID });
    };
    const acks = await requestServer(
      "publish to the queue",
      () => Promise.all(batch.map(publish)),
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
