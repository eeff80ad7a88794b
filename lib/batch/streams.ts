/**
 * What is kept on the server: one stream of frames to type, one of dead letters.
 *
 * @module
 */
import {
  AckPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream";
import { nanos, type NatsConnection } from "@nats-io/transport-node";
import { SpitError } from "../errors.ts";
import type { Line } from "./delivery.ts";
import { asked } from "./nats_link.ts";

/** What streams and subjects are called. */
export interface StreamNames {
  /** Stream of frames to type. */
  readonly stream: string;
  /** Subject that frames are posted to: that of the line `together`. */
  readonly together: string;
  /** Subject of those that are typed alone. */
  readonly alone: string;
  /** Stream of dead letters. */
  readonly deadStream: string;
  /** Subject of dead letters. */
  readonly dead: string;
}

/** Posted twice within an hour, a frame is one message. */
const WINDOW = 3_600_000;

/**
 * Names all after the stream.
 *
 * @throws {SpitError} `usage` when that is no name for one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { streamNames } from "./streams.ts";
 *
 * const { together, dead, deadStream } = streamNames("frames");
 * assertEquals([together, dead, deadStream], ["frames", "frames.dead", "frames_dead"]);
 * ```
 */
export function streamNames(stream: string): StreamNames {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(stream)) {
    throw new SpitError(
      "usage",
      `a stream's name is made of letters, digits, _ and -; got ${stream}`,
    );
  }
  return {
    stream,
    together: stream,
    alone: `${stream}.alone`,
    deadStream: `${stream}_dead`,
    dead: `${stream}.dead`,
  };
}

/**
 * Makes both streams, if they are not there; one that is stays as it is.
 *
 * @throws {SpitError} `usage` when a stream of that name is there for something
 *   else; `io` when the server does not make it.
 */
export async function openStreams(
  connection: NatsConnection,
  names: StreamNames,
): Promise<JetStreamManager> {
  const manager = await asked(
    "use JetStream",
    () => jetstreamManager(connection),
  );
  await openStream(manager, names.stream, {
    subjects: [names.together, names.alone],
    // Whoever takes a message takes it from all.
    retention: RetentionPolicy.Workqueue,
    duplicate_window: nanos(WINDOW),
  });
  await openStream(manager, names.deadStream, {
    subjects: [names.dead],
    retention: RetentionPolicy.Limits,
    duplicate_window: nanos(WINDOW),
  });
  return manager;
}

async function openStream(
  manager: JetStreamManager,
  name: string,
  wanted: {
    readonly subjects: string[];
    readonly retention: RetentionPolicy;
    readonly duplicate_window: number;
  },
): Promise<void> {
  await asked(`make the stream ${name}`, async () => {
    const there = await infoOf(manager, name);
    if (there === null) {
      const storage = StorageType.File;
      await manager.streams.add({ name, storage, ...wanted });
      return;
    }
    const { subjects = [], retention } = there.config;
    const lacks = wanted.subjects.filter((one) => !subjects.includes(one));
    if (lacks.length === 0 && retention === wanted.retention) return;
    throw new SpitError(
      "usage",
      `there is a stream ${name} for something else: it is to have the ` +
        `subjects ${wanted.subjects.join(" and ")}, and the retention ` +
        `${wanted.retention}; name another`,
    );
  });
}

async function infoOf(manager: JetStreamManager, name: string) {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    const { StreamNotFound } = JetStreamApiCodes;
    const isNone = error instanceof JetStreamApiError &&
      error.code === StreamNotFound;
    if (isNone) return null;
    throw error;
  }
}

/** How messages are given to workers, to all of them alike. */
export interface LineOptions {
  /** Seconds that a worker may be silent, before its messages go to another. */
  readonly ackWait: number;
  /** Messages that all workers hold at once, at most. */
  readonly maxPending: number;
}

/**
 * Makes the consumers of both lines, or changes them to what the last worker
 * asked for. How often a message was delivered is for the workers to judge: the
 * server would but forget it.
 *
 * @throws {SpitError} `io` when the server does not make them.
 */
export async function openLines(
  manager: JetStreamManager,
  names: StreamNames,
  { ackWait, maxPending }: LineOptions,
): Promise<void> {
  for (const line of ["together", "alone"] satisfies Line[]) {
    await asked(
      `take from the stream ${names.stream}`,
      () =>
        manager.consumers.add(names.stream, {
          durable_name: line,
          filter_subject: names[line],
          ack_policy: AckPolicy.Explicit,
          ack_wait: nanos(1000 * ackWait),
          max_deliver: -1,
          max_ack_pending: maxPending,
        }),
    );
  }
}
