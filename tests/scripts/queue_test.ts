import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type Farm, simulateFarm } from "../../scripts/scale/queue.ts";

/** Nothing but the processor counts. */
const FARM: Farm = {
  workers: 10,
  frames: 10_000,
  batch: 10,
  bytes: 1e6,
  seconds: 0.01,
  spread: 0,
  start: 0,
  dispatch: 1e9,
  disk: 1e15,
  link: 1e15,
  deaths: 0,
  redelivery: 30,
  restart: 60,
  keeps: false,
};

function close(actual: number, wanted: number, share = 0.01) {
  assertAlmostEquals(actual, wanted, share * wanted);
}

Deno.test("where nothing else counts, cores are all there is", () => {
  const { seconds, rate, computing, done } = simulateFarm(FARM);
  close(seconds, 10_000 * 0.01 / 10);
  close(rate, 1000);
  close(computing, 1);
  assertEquals(done, 1000);
});

Deno.test("a slow disk is the limit: its bytes a second over those of a frame", () => {
  const outcome = simulateFarm({ ...FARM, disk: 3e8 });
  close(outcome.rate, 300);
  close(outcome.reading, 1);
  const links = simulateFarm({ ...FARM, link: 2e7 });
  close(links.rate, 10 * 20);
});

Deno.test("the disk is shared evenly: reads of one worker end when those of all do", () => {
  // One batch each, all at once: with half the disk a worker needs twice the time.
  const farm = { ...FARM, frames: 20, workers: 2, disk: 1e7, seconds: 1e-6 };
  close(simulateFarm(farm).seconds, 2);
  close(simulateFarm({ ...farm, frames: 10 }).seconds, 1);
});

Deno.test("a slow queue is the limit: its batches a second times their frames", () => {
  const outcome = simulateFarm({ ...FARM, dispatch: 20 });
  close(outcome.rate, 200);
  close(outcome.dispatching, 1);
  close(simulateFarm({ ...FARM, dispatch: 20, batch: 100 }).rate, 1000, 0.1);
});

Deno.test("a batch that starts a process takes that much longer", () => {
  const { seconds } = simulateFarm({ ...FARM, start: 0.1 });
  close(seconds, 1000 * (0.1 + 0.1) / 10);
});

Deno.test("batches of the dead are done all the same, each once", () => {
  // A death every ten seconds of a worker: one batch of a hundred.
  const farm = { ...FARM, frames: 100_000, deaths: 360 };
  const outcome = simulateFarm({ ...farm, redelivery: 1, restart: 1 });
  assertEquals(outcome.done, 10_000);
  const perSecond = outcome.died / outcome.seconds / 10;
  assert(perSecond > 0.06 && perSecond < 0.12, `${perSecond}`);
  // A second lost, and half a batch, for every ten seconds of work.
  close(outcome.rate, 1000 / 1.105, 0.03);
});

Deno.test("where rows are kept, a death costs the time until the restart alone", () => {
  // Batches as long as the lives of workers: without their rows they are hardly ever done.
  const farm = { ...FARM, frames: 100_000, batch: 1000, deaths: 360 };
  const ends = { redelivery: 1, restart: 1 };
  const lost = simulateFarm({ ...farm, ...ends });
  const kept = simulateFarm({ ...farm, ...ends, keeps: true });
  close(kept.rate, 1000 / 1.1, 0.05);
  assert(lost.rate < 0.65 * kept.rate, `${lost.rate} ${kept.rate}`);
  assertEquals(kept.done, 100);
});

Deno.test("a batch lost near the end is waited for", () => {
  const lasting = simulateFarm({
    ...FARM,
    frames: 100,
    deaths: 3600 * 3,
    redelivery: 50,
    restart: 1,
  }, 3);
  assert(lasting.died > 0);
  assert(lasting.seconds > 50 && lasting.tail < 1, `${lasting.seconds}`);
});

Deno.test("the same seed, the same outcome", () => {
  const farm = { ...FARM, deaths: 100, spread: 1 };
  assertEquals(simulateFarm(farm, 5), simulateFarm(farm, 5));
  assert(simulateFarm(farm, 5).seconds !== simulateFarm(farm, 6).seconds);
});
