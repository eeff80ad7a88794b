/**
 * The queue in NATS JetStream: a stream of frames with two consumers, and a stream of
 * dead letters.
 */
import {
  AckPolicy,
  type Consumer,
  jetstream,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstreamManager,
  type JsMsg,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { nanos, type NatsConnection } from "@nats-io/transport-node";
import { SpitError } from "../errors.ts";
import { requestServer } from "./nats_connection.ts";
import {
  type ConsumerName,
  type Delivery,
  formatDeadLetter,
  MAX_MAIN_DELIVERIES,
  type Queue,
} from "./queue.ts";

export interface StreamNames {
  /** Stream of the frames to classify. */
  readonly stream: string;
  /** The subject of each consumer; frames are published to that of `main`. */
  readonly subjects: Readonly<Record<ConsumerName, string>>;
  readonly deadLetterStream: string;
  readonly deadLetterSubject: string;
}

/** Milliseconds within which a message with the id of another is dropped. */
const DUPLICATE_WINDOW = 3_600_000;

/**
 * Derives all names from that of the stream.
 *
 * @throws {SpitError} `usage` if it is not a valid name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { nameStreams } from "./nats_queue.ts";
 *
 * const { subjects, deadLetterStream } = nameStreams("frames");
 * assertEquals(subjects, { main: "frames", isolated: "frames.isolated" });
 * assertEquals(deadLetterStream, "frames_dead");
 * ```
 */
export function nameStreams(stream: string): StreamNames {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(stream)) {
    throw new SpitError(
      "usage",
      `the name of a stream consists of letters, digits, _ and -; got ${stream}`,
    );
  }
  return {
    stream,
    subjects: { main: stream, isolated: `${stream}.isolated` },
    deadLetterStream: `${stream}_dead`,
    deadLetterSubject: `${stream}.dead`,
  };
}

/**
 * Creates both streams if they do not exist. Existing streams are not changed.
 *
 * @throws {SpitError} `usage` if a stream of the same name has other subjects or
 *   another retention policy; `io` if the server does not create it.
 */
export async function openStreams(
  connection: NatsConnection,
  names: StreamNames,
): Promise<JetStreamManager> {
  const manager = await requestServer(
    "use JetStream",
    () => jetstreamManager(connection),
  );
  await openStream(manager, names.stream, {
    subjects: Object.values(names.subjects),
    // A message is removed when one worker has acknowledged it.
    retention: RetentionPolicy.Workqueue,
  });
  await openStream(manager, names.deadLetterStream, {
    subjects: [names.deadLetterSubject],
    retention: RetentionPolicy.Limits,
  });
  return manager;
}

async function openStream(
  manager: JetStreamManager,
  name: string,
  wanted: { readonly subjects: string[]; readonly retention: RetentionPolicy },
): Promise<void> {
  await requestServer(`create the stream ${name}`, async () => {
    const existing = await manager.streams.info(name).catch((error) => {
      const isMissing = error instanceof JetStreamApiError &&
        error.code === JetStreamApiCodes.StreamNotFound;
      if (isMissing) return null;
      throw error;
    });
    if (existing === null) {
      await manager.streams.add({
        name,
        storage: StorageType.File,
        duplicate_window: nanos(DUPLICATE_WINDOW),
        ...wanted,
      });
      return;
    }
    const { subjects = [], retention } = existing.config;
    const hasSubjects = wanted.subjects.every((one) => subjects.includes(one));
    if (hasSubjects && retention === wanted.retention) return;
    throw new SpitError(
      "usage",
      `the stream ${name} exists for another purpose: it needs the subjects ` +
        `${wanted.subjects.join(" and ")} and the retention policy ` +
        `${wanted.retention}; choose another name with --stream`,
    );
  });
}

interface QueueOptions {
  readonly names: StreamNames;
  /** Seconds after which an unacknowledged message that is not in progress is redelivered. */
  readonly ackWait: number;
  /** Largest number of unacknowledged messages of all workers. */
  readonly maxPending: number;
  /** Seconds that a fetch waits for messages. */
  readonly fetchTimeout: number;
}

/**
 * Milliseconds that a fetch goes on after it was stopped. Messages that the server
 * has already sent would otherwise be redelivered only after `ackWait`.
 */
const STOP_DELAY = 500;

/** Milliseconds to wait for the server to confirm an acknowledgement. */
const ACK_TIMEOUT = 5_000;

/**
 * Opens the queue, and creates its streams and consumers if necessary.
 *
 * @throws {SpitError} `io` if the server does not create them; the errors of
 *   {@linkcode openStreams}.
 */
export async function openNatsQueue(
  connection: NatsConnection,
  options: QueueOptions,
): Promise<Queue> {
  const { names, fetchTimeout } = options;
  const manager = await openStreams(connection, names);
  const client = jetstream(connection);
  const consumers: Record<ConsumerName, Consumer> = {
    main: await openConsumer(manager, client, "main", options),
    isolated: await openConsumer(manager, client, "isolated", options),
  };
  return {
    async fetch(consumer, max) {
      const messages = await consumers[consumer].fetch({
        max_messages: max,
        expires: 1000 * fetchTimeout,
      });
      let stopTimer: ReturnType<typeof setTimeout> | undefined;
      async function* deliveries() {
        try {
          for await (const message of messages) {
            yield createDelivery(message, consumer, client, names);
          }
        } finally {
          clearTimeout(stopTimer);
        }
      }
      return {
        deliveries: deliveries(),
        stop: () => {
          stopTimer ??= setTimeout(() => messages.stop(), STOP_DELAY);
        },
      };
    },
    async isEmpty() {
      const { state } = await manager.streams.info(names.stream);
      return state.messages === 0;
    },
  };
}

/**
 * Creates a consumer, or changes it to the options of this worker. The workers limit
 * the deliveries of a message themselves: the server would drop it silently.
 */
function openConsumer(
  manager: JetStreamManager,
  client: JetStreamClient,
  name: ConsumerName,
  { names, ackWait, maxPending }: QueueOptions,
): Promise<Consumer> {
  const { stream, subjects } = names;
  return requestServer(`consume the stream ${stream}`, async () => {
    await manager.consumers.add(stream, {
      durable_name: name,
      filter_subject: subjects[name],
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(1000 * ackWait),
      max_deliver: -1,
      max_ack_pending: maxPending,
    });
    return await client.consumers.get(stream, name);
  });
}

function createDelivery(
  message: JsMsg,
  consumer: ConsumerName,
  client: JetStreamClient,
  names: StreamNames,
): Delivery {
  const earlier = consumer === "isolated" ? MAX_MAIN_DELIVERIES : 0;
  const ack = async () => {
    await message.ackAck({ timeout: ACK_TIMEOUT });
  };
  /** The id prevents a second message if this worker ends before the first is removed. */
  const republish = (subject: string, body: string | Uint8Array) =>
    client.publish(subject, body, {
      msgID: `${subject} ${message.seq}`,
      timeout: ACK_TIMEOUT,
    });
  return {
    body: message.data,
    consumer,
    attempts: earlier + message.info.deliveryCount,
    inProgress: () => message.working(),
    ack,
    nak: (delay) => message.nak(1000 * delay),
    async isolate() {
      await republish(names.subjects.isolated, message.data);
      await ack();
    },
    async deadLetter(letter) {
      await republish(names.deadLetterSubject, formatDeadLetter(letter));
      message.term();
    },
  };
}
