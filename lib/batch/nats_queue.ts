/**
 * The queue, as NATS JetStream keeps it.
 *
 * @module
 */
import {
  type Consumer,
  jetstream,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { letterText } from "./dead_letter.ts";
import {
  type Delivery,
  type Line,
  type Queue,
  type Taking,
  TOGETHER,
} from "./delivery.ts";
import { asked } from "./nats_link.ts";
import {
  type LineOptions,
  openLines,
  openStreams,
  type StreamNames,
} from "./streams.ts";

/** How a queue is used. */
export interface QueueOptions extends LineOptions {
  /** What its streams and subjects are called. */
  readonly names: StreamNames;
  /** Seconds that the server is to wait for messages before it says that there are none. */
  readonly wait: number;
}

/** Milliseconds that messages may be on their way to us: who leaves at once loses them until the server misses him. */
const ON_THEIR_WAY = 500;

/** Milliseconds until the server must have confirmed the end of a message. */
const CONFIRMED = 5_000;

/**
 * Opens the queue, and makes what is not there.
 *
 * @throws {SpitError} As `openStreams` and `openLines` do.
 */
export async function openNatsQueue(
  connection: NatsConnection,
  options: QueueOptions,
): Promise<Queue> {
  const { names, wait } = options;
  const manager: JetStreamManager = await openStreams(connection, names);
  await openLines(manager, names, options);
  const client = jetstream(connection);
  const consumerOf = (line: Line) =>
    asked(
      `take from the stream ${names.stream}`,
      () => client.consumers.get(names.stream, line),
    );
  const consumers: Record<Line, Consumer> = {
    together: await consumerOf("together"),
    alone: await consumerOf("alone"),
  };
  const deliveryOf = (message: JsMsg, line: Line) =>
    asDelivery(message, line, client, names);
  return {
    async take(line, most): Promise<Taking> {
      const messages = await consumers[line].fetch({
        max_messages: most,
        expires: 1000 * wait,
      });
      let leaving: ReturnType<typeof setTimeout> | undefined;
      async function* deliveries() {
        try {
          for await (const message of messages) yield deliveryOf(message, line);
        } finally {
          clearTimeout(leaving);
        }
      }
      return {
        deliveries: deliveries(),
        stop: () => {
          leaving ??= setTimeout(() => messages.stop(), ON_THEIR_WAY);
        },
      };
    },
    async isEmpty() {
      const { state } = await manager.streams.info(names.stream);
      return state.messages === 0;
    },
  };
}

function asDelivery(
  message: JsMsg,
  line: Line,
  client: JetStreamClient,
  names: StreamNames,
): Delivery {
  const before = line === "alone" ? TOGETHER : 0;
  const done = async () => {
    await message.ackAck({ timeout: CONFIRMED });
  };
  /** The same message again is no second one, should we die before the first is done with. */
  const post = (subject: string, body: string | Uint8Array) =>
    client.publish(subject, body, {
      msgID: `${subject} ${message.seq}`,
      timeout: CONFIRMED,
    });
  return {
    body: message.data,
    line,
    tries: before + message.info.deliveryCount,
    keep: () => message.working(),
    done,
    giveBack: (seconds) => message.nak(1000 * seconds),
    async setApart() {
      await post(names.alone, message.data);
      await done();
    },
    async bury(letter) {
      await post(names.dead, letterText(letter));
      message.term();
    },
  };
}
