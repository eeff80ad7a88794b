/**
 * How fast a NATS server of this machine takes frames and gives them out, when no
 * frame is read: posted by one, taken and confirmed by some at once. Needs
 * nats-server.
 *
 *     deno run -A scripts/measure_queue.ts --frames 50000
 */
import { Command } from "commander";
import { count } from "../lib/cli/options.ts";
import type { Queue } from "../lib/batch/delivery.ts";
import { type Link, openLink } from "../lib/batch/nats_link.ts";
import { openNatsQueue } from "../lib/batch/nats_queue.ts";
import { postFrames } from "../lib/batch/post.ts";
import { openStreams, streamNames } from "../lib/batch/streams.ts";
import { type NatsServer, startNatsServer } from "./nats/server.ts";

/** Messages that a worker takes at once. */
const AT_ONCE = 48;

const { frames, workers } = new Command("measure_queue.ts")
  .option("--frames <number>", "frames to post", count, 50_000)
  .option("--workers <number>", "takers at once", count, 3)
  .parse(Deno.args, { from: "user" })
  .opts<{ frames: number; workers: number }>();

const folder = await Deno.makeTempDir({ prefix: "spit-queue-" });
try {
  await using server = await startNatsServer(folder);
  const names = streamNames("frames");
  await using link = await open(server);
  await openStreams(link.connection, names);
  await timed("posted", async () => {
    const posted = await postFrames(link.connection, names, listed());
    return posted.fresh;
  });
  await timed(`taken and confirmed, ${workers} takers`, async () => {
    const counts = await Promise.all(
      Array.from({ length: workers }, () => take(server)),
    );
    return counts.reduce((sum, one) => sum + one, 0);
  });
} finally {
  await Deno.remove(folder, { recursive: true });
}

function open(server: NatsServer): Promise<Link> {
  return openLink({ nats: server.url, name: "measure", notice: console.error });
}

/** One taker, with a connection of its own. */
async function take(server: NatsServer): Promise<number> {
  await using link = await open(server);
  const queue = await openNatsQueue(link.connection, {
    names: streamNames("frames"),
    ackWait: 30,
    maxPending: 10_000,
    wait: 1,
  });
  return await takeAll(queue);
}

async function takeAll(queue: Queue): Promise<number> {
  let taken = 0;
  while (!await queue.isEmpty()) {
    const { deliveries } = await queue.take("together", AT_ONCE);
    const ends: Promise<void>[] = [];
    for await (const delivery of deliveries) ends.push(delivery.done());
    await Promise.all(ends);
    taken += ends.length;
  }
  return taken;
}

async function* listed() {
  for (let k = 0; k < frames; k++) {
    yield { path: `/archive/kast/r${k}.fits.gz`, size: 400_000 + k };
  }
}

async function timed(what: string, act: () => Promise<number>): Promise<void> {
  const start = performance.now();
  const messages = await act();
  const seconds = (performance.now() - start) / 1000;
  const rate = Math.round(messages / seconds);
  console.log(`| ${what} | ${messages} | ${seconds.toFixed(1)} | ${rate} |`);
}
