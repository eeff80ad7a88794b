/**
 * A queue of batches of frames and the workers that empty it, simulated event by
 * event: what holds it up, when there are many of them.
 *
 * @module
 */
import TinyQueue from "tinyqueue";
import { makeRandom } from "../../lib/simulate/random.ts";

/** A farm of workers, and what they work on. */
export interface Farm {
  /** Workers, a core each. */
  readonly workers: number;
  /** Frames to type. */
  readonly frames: number;
  /** Frames of a batch: a message's, or a task's. */
  readonly batch: number;
  /** Bytes of a frame, as it lies on the disk. */
  readonly bytes: number;
  /** Seconds of a core that a frame takes. */
  readonly seconds: number;
  /** Spread of that, standard deviation over mean, of frames alike. */
  readonly spread: number;
  /** Seconds that a batch takes before its first frame: a process that starts. */
  readonly start: number;
  /** Batches a second that the queue gives out. */
  readonly dispatch: number;
  /** Bytes a second that all workers together read. */
  readonly disk: number;
  /** Bytes a second that one of them reads at most. */
  readonly link: number;
  /** Deaths of a worker an hour. */
  readonly deaths: number;
  /** Seconds from a death until its batch is given out again. */
  readonly redelivery: number;
  /** Seconds from a death until the worker is back. */
  readonly restart: number;
  /** Whether the rows of a batch that were done before the death are kept. */
  readonly keeps: boolean;
}

/** What came of it. */
export interface Outcome {
  /** Seconds from the first batch given out to the last one done. */
  readonly seconds: number;
  /** Frames a second. */
  readonly rate: number;
  /** Share of the time that cores compute, 0 to 1. */
  readonly computing: number;
  /** Share that the disks are busy with. */
  readonly reading: number;
  /** Share that the queue is busy with. */
  readonly dispatching: number;
  /** Share of the time that cores wait for the last batches, with none left to take. */
  readonly tail: number;
  /** Workers that died, as often as they did. */
  readonly died: number;
  /** Batches done; each is done once. */
  readonly done: number;
}

interface Taken {
  readonly worker: number;
  /** Share of a batch: less than 1 of one whose first rows are kept. */
  readonly share: number;
  /** When its first frame begins. */
  readonly begin: number;
  /** When its computing ends at the earliest. */
  readonly computed: number;
  /** Virtual time of the disks when it began to read and will have read all. */
  read: { readonly from: number; readonly until: number } | undefined;
  isReading: boolean;
  isOver: boolean;
}

type Event =
  | { readonly at: number; readonly kind: "idle"; readonly worker: number }
  | {
    readonly at: number;
    readonly kind: "taken";
    readonly worker: number;
    readonly share: number;
  }
  | { readonly at: number; readonly kind: "begun"; readonly taken: Taken }
  | { readonly at: number; readonly kind: "done"; readonly taken: Taken }
  | { readonly at: number; readonly kind: "dead"; readonly taken: Taken }
  | { readonly at: number; readonly kind: "back"; readonly share: number };

/**
 * Simulates it to the end.
 *
 * The queue answers one worker after another. A batch is read while it is
 * computed, and done when both are. The disks are shared out evenly among those
 * that read (processor sharing), none getting more than its link; that is kept in
 * virtual time, the bytes that each of them has had by now (the fluid model of
 * Parekh and Gallager 1993, IEEE/ACM Trans. Netw. 1, 344), so that an event costs
 * the logarithm of the workers. Deaths come at random, and take the batch back.
 *
 * @param seed Of the random numbers.
 */
export function simulateFarm(farm: Farm, seed = 1): Outcome {
  const random = makeRandom(seed);
  const events = new TinyQueue<Event>([], (one, other) => one.at - other.at);
  const disks = startDisks(farm.disk, farm.link);
  const { batch, seconds, spread } = farm;
  const batches = Math.ceil(farm.frames / batch);
  let [left, now, died, done, free] = [batches, 0, 0, 0, 0];
  let [computing, lastTaken] = [0, 0];
  /** Batches of the dead, as far as they are left. */
  const leftovers: number[] = [];
  const waiting: number[] = [];

  const ask = (worker: number) => {
    if (left === 0 && leftovers.length === 0) {
      waiting.push(worker);
      return;
    }
    const share = leftovers.pop() ?? 1;
    if (share === 1) left--;
    free = Math.max(free, now) + 1 / farm.dispatch;
    lastTaken = free;
    events.push({ at: free, kind: "taken", worker, share });
  };
  const take = (worker: number, share: number) => {
    const frames = share * batch;
    const noise = random.normal() * spread * Math.sqrt(frames);
    const work = seconds * Math.max(0.1 * frames, frames + noise);
    const begin = now + farm.start;
    const computed = begin + work;
    const state = { read: undefined, isReading: false, isOver: false };
    const taken: Taken = { worker, share, begin, computed, ...state };
    events.push({ at: begin, kind: "begun", taken });
    if (farm.deaths === 0) return;
    const life = -Math.log(1 - random.uniform()) * 3600 / farm.deaths;
    events.push({ at: now + life, kind: "dead", taken });
  };
  const end = (taken: Taken) => {
    if (taken.isOver) return;
    taken.isOver = true;
    done++;
    computing += taken.share * batch * seconds;
    ask(taken.worker);
  };
  const die = (taken: Taken) => {
    if (taken.isOver) return;
    taken.isOver = true;
    died++;
    if (taken.isReading) disks.leave();
    const kept = farm.keeps ? doneOf(taken, now, disks.virtual()) : 0;
    computing += kept * taken.share * batch * seconds;
    // Exactly 1 is a whole batch; what is left of one is never that.
    const share = kept === 0 ? taken.share : taken.share * (1 - kept);
    events.push({ at: now + farm.redelivery, kind: "back", share });
    const { worker } = taken;
    events.push({ at: now + farm.restart, kind: "idle", worker });
  };

  for (let worker = 0; worker < farm.workers; worker++) ask(worker);
  while (done < batches) {
    const next = events.peek()?.at ?? Infinity;
    const read = disks.next(next);
    if (read !== undefined) {
      now = read.at;
      const { taken } = read;
      if (taken.isOver) continue;
      taken.isReading = false;
      disks.leave();
      const at = Math.max(now, taken.computed);
      events.push({ at, kind: "done", taken });
      continue;
    }
    const event = events.pop()!;
    now = event.at;
    disks.advance(now);
    if (event.kind === "idle") ask(event.worker);
    else if (event.kind === "taken") take(event.worker, event.share);
    else if (event.kind === "done") end(event.taken);
    else if (event.kind === "dead") die(event.taken);
    else if (event.kind === "begun") {
      const { taken } = event;
      if (!taken.isOver) disks.enter(taken, taken.share * batch * farm.bytes);
    } else {
      if (event.share === 1) left++;
      else leftovers.push(event.share);
      const worker = waiting.pop();
      if (worker !== undefined) ask(worker);
    }
  }
  return {
    seconds: now,
    rate: batches * batch / now,
    computing: computing / (farm.workers * now),
    reading: disks.busy(now),
    dispatching: (batches + died) / farm.dispatch / now,
    tail: (now - lastTaken) / now,
    died,
    done,
  };
}

/** Share of a batch that has its rows: as far as it is both read and computed. */
function doneOf(
  { begin, computed, read }: Taken,
  now: number,
  virtual: number,
): number {
  if (read === undefined) return 0;
  const wasRead = (virtual - read.from) / (read.until - read.from);
  return Math.min(wasRead, (now - begin) / (computed - begin), 0.999);
}

/** Disks that share themselves out evenly. */
function startDisks(disk: number, link: number) {
  // Ordered by the virtual time at which they have had their bytes.
  const reads = new TinyQueue<
    { readonly until: number; readonly taken: Taken }
  >(
    [],
    (one, other) => one.until - other.until,
  );
  let [now, virtual, count, bytes] = [0, 0, 0, 0];
  const speed = () => count === 0 ? 0 : Math.min(link, disk / count);
  const advance = (to: number) => {
    const had = speed() * (to - now);
    virtual += had;
    bytes += had * count;
    now = to;
  };
  return {
    advance,
    virtual: () => virtual,
    enter(taken: Taken, size: number) {
      count++;
      const until = virtual + size;
      taken.isReading = true;
      taken.read = { from: virtual, until };
      reads.push({ until, taken });
    },
    leave() {
      count--;
    },
    /** The read that ends before a moment, if any does; the time is then its end. */
    next(before: number): { at: number; taken: Taken } | undefined {
      while (reads.peek()?.taken.isOver) reads.pop();
      const first = reads.peek();
      if (first === undefined) return undefined;
      const at = now + Math.max(0, first.until - virtual) / speed();
      if (at > before) return undefined;
      reads.pop();
      advance(at);
      return { at, taken: first.taken };
    },
    /** Share of what they could have given until now. */
    busy: (until: number) => bytes / (disk * until),
  };
}
