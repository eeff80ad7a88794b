/**
 * The work of a worker: messages in, parts out, and each message settled when its
 * row lasts.
 *
 * @module
 */
import { readFileVersion } from "../io/file_version.ts";
import { stampedRow } from "./stamped_row.ts";
import type { Verdict } from "../classify/verdict.ts";
import { SpitError } from "../errors.ts";
import { deliveriesOf } from "./deliveries.ts";
import { type Delivery, type Line, type Queue, TOGETHER } from "./delivery.ts";
import { fateOf, restAfter } from "./fate.ts";
import { frameNamed } from "./frame_message.ts";
import { startHand } from "./hand.ts";
import { startNews } from "./news.ts";
import { startParts } from "./part_by_part.ts";
import { startReading } from "./reading.ts";
import { startSettling } from "./settle.ts";
import { startSilence } from "./silence.ts";

/** What a worker is to do. */
export interface WorkOrder {
  /** Where messages come from. */
  readonly queue: Queue;
  /** Types frames: a verdict for each path, in their order. */
  readonly type: (paths: AsyncIterable<string>) => AsyncIterable<Verdict>;
  /** The verdict on a frame that is not to be read. */
  readonly refuse: (path: string, error: SpitError) => Promise<Verdict>;
  /** Folder for the parts. */
  readonly folder: string;
  /** What the names of parts begin with. */
  readonly name: string;
  /** Rows a part, at most. */
  readonly partFrames: number;
  /** Seconds until a part is written, however few its rows. */
  readonly partSeconds: number;
  /** Messages that are taken before their frames can be read. */
  readonly ahead: number;
  /** How often a message is tried, more than {@linkcode TOGETHER}. */
  readonly tries: number;
  /** Seconds that it rests after the first time. */
  readonly rest: number;
  /** The server is told every so many seconds what we hold. */
  readonly keep: number;
  /** Ends when the queue is empty. */
  readonly untilEmpty?: boolean;
  /** Ends the work: what is being read is finished, what is not is given back. */
  readonly stop: AbortSignal;
  /** Told of what a person should know. */
  readonly notice: (message: string) => void;
}

/** What was done. */
export interface WorkDone {
  /** Rows written. */
  readonly rows: number;
  /** Parts written. */
  readonly parts: number;
  /** Deliveries that were not the first of their message. */
  readonly again: number;
  /** Messages that were given up. */
  readonly buried: number;
  /** Messages that were given back at the end. */
  readonly givenBack: number;
}

/**
 * Works until it is stopped, or until the queue is empty.
 *
 * A message is settled only when the row of its frame is on the disk. A worker
 * that dies in between leaves a row behind and a message that comes again; there
 * are two equal rows then, of which `mergeParts` takes one. So a frame never has
 * no row, and after merging never two.
 *
 * @throws {SpitError} `io` when a part cannot be written; what `type` throws. All
 *   that is held is given back then.
 */
export async function workOff(order: WorkOrder): Promise<WorkDone> {
  const { queue, tries, rest, untilEmpty = false } = order;
  const ending = new AbortController();
  const stop = AbortSignal.any([order.stop, ending.signal]);
  const news = startNews();
  stop.addEventListener("abort", news.tell);
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    ending.abort();
  };
  using hand = startHand(order.keep);
  const silence = startSilence(order.notice);
  const parts = startParts({ ...order, failed: fail });
  const settling = startSettling({ ...order, hand, parts, news, silence });
  const reading = startReading({ news, settle: parts.flush, stop });
  let again = 0;

  function room(line: Line): number {
    if (line === "alone") return 1 - hand.count("alone");
    const free = order.ahead - reading.count();
    return 2 * free > order.ahead ? free : 0;
  }

  /** Nothing comes: rows need not wait for others to be a part. */
  async function idle(): Promise<void> {
    if (reading.count() > 0) return;
    await parts.flush();
    if (!untilEmpty || hand.count() > 0) return;
    try {
      if (await queue.isEmpty()) ending.abort();
    } catch (error) {
      silence.begin(error);
    }
  }

  async function takeIn(line: Line): Promise<void> {
    const orders = { queue, news, idle, silence, stop };
    for await (
      const delivery of deliveriesOf({
        ...orders,
        line,
        room: () => room(line),
      })
    ) await admit(delivery);
  }

  async function admit(delivery: Delivery): Promise<void> {
    hand.hold(delivery);
    if (delivery.tries > 1) again++;
    const path = frameNamed(delivery.body);
    if (path === null) return await settling.refuse(delivery);
    if (delivery.line === "together" && delivery.tries > TOGETHER) {
      return await settling.setApart(delivery);
    }
    const stamp = readFileVersion(path);
    if (delivery.tries > tries) {
      const error = deadly(path, tries);
      const row = stampedRow(await order.refuse(path, error), await stamp);
      await settling.giveUp(delivery, row);
      return await parts.flush();
    }
    reading.add({ delivery, path, stamp });
  }

  async function finish(verdict: Verdict): Promise<void> {
    const { delivery, stamp } = reading.first();
    const code = verdict.error?.code ?? null;
    const fate = fateOf(code, delivery.tries, tries);
    const row = stampedRow(verdict, await stamp);
    if (fate === "again") {
      settling.giveBack(delivery, restAfter(delivery.tries, rest));
    } else if (fate === "dead") await settling.giveUp(delivery, row);
    else await settling.keepRow(delivery, row);
    reading.finish();
  }

  const takingIn = Promise.all([
    takeIn("together").catch(fail),
    takeIn("alone").catch(fail),
  ]);
  try {
    const verdicts = order.type(reading.paths());
    for await (const verdict of verdicts) await finish(verdict);
    await parts.flush();
  } catch (error) {
    fail(error);
  }
  ending.abort();
  await takingIn;
  const givenBack = hand.giveBack();
  if (failures.length > 0) throw failures[0];
  return { ...settling.counts(), parts: parts.count, again, givenBack };
}

function deadly(path: string, tries: number): SpitError {
  return new SpitError(
    "worker_lost",
    `whoever read the file ended without an answer, ${tries} times: ` +
      "does it take more memory than there is?",
    { file: path },
  );
}
