/**
 * Workers on a NATS server of this machine, killed at random while they type
 * (`scripts/nats/rehearsal.ts`); prints the figures of docs/nats.md, and ends with 1
 * when a frame has no row, or two. Needs nats-server.
 *
 *     deno run -A scripts/nats_rehearsal.ts --frames 5000 --kills 100
 */
import { Command } from "commander";
import { fileURLToPath } from "node:url";
import { count } from "../lib/cli/options.ts";
import { frameNamed } from "../lib/batch/frame_message.ts";
import { framesOf } from "./nats/made_frames.ts";
import { type Outcome, rehearse } from "./nats/rehearsal.ts";

const TINY = new URL("../tests/fixtures/model/tiny.json", import.meta.url);

const options = new Command("nats_rehearsal.ts")
  .option("--frames <number>", "frames to post", count, 5000)
  .option("--kills <number>", "kills, at most", count, 100)
  .option("--workers <number>", "workers at once", count, 3)
  .option("--seed <number>", "seed of frames and kills", count, 1)
  .parse(Deno.args, { from: "user" })
  .opts();

const folder = await Deno.makeTempDir({ prefix: "spit-nats-" });
try {
  const model = fileURLToPath(TINY);
  const outcome = await rehearse({
    folder,
    model,
    frames: options.frames,
    kills: options.kills,
    workers: options.workers,
    seed: options.seed,
  });
  console.log(tableOf(outcome));
  console.error(outcome.verdict);
  Deno.exitCode = outcome.code;
} finally {
  await Deno.remove(folder, { recursive: true });
}

function tableOf(outcome: Outcome): string {
  const { frames, merged } = outcome;
  const once = new Set(merged.map(({ file }) => file));
  const kinds = ["broken", "late", "going", "never"] as const;
  const kindText = kinds.map((kind) =>
    `${framesOf(frames, kind).length} ${kind}`
  );
  const lines: [string, string | number][] = [
    ["frames posted", `${frames.size}, of which ${kindText.join(", ")}`],
    ["messages that name none", outcome.nameless],
    ["workers killed with -9", outcome.kills],
    ["workers that the deadly frame has ended", outcome.deaths],
    ["deliveries that were not the first", outcome.again],
    ["rows in parts", outcome.rows],
    ["rows that gave way in merging", outcome.rows - merged.length],
    ["frames with one row", once.size],
    ["frames with two", merged.length - once.size],
    [
      "frames with none",
      [...frames.keys()].filter((path) => !once.has(path)).length,
    ],
    ["dead letters", deadText(outcome)],
    ["left in the queue", outcome.left],
    ["seconds", outcome.seconds.toFixed(0)],
  ];
  return lines.map(([what, much]) => `| ${what} | ${much} |`).join("\n");
}

/** How many of each kind were given up: a sound one is none of them. */
function deadText({ frames, dead }: Outcome): string {
  const kinds = dead.map((text) => {
    const file = frameNamed(new TextEncoder().encode(text));
    return file === null ? "nameless" : frames.get(file) ?? "unknown";
  });
  const counts = Map.groupBy(kinds, (kind) => kind).entries();
  const texts = [...counts].map(([kind, all]) => `${all.length} ${kind}`);
  return `${dead.length}: ${texts.sort().join(", ")}`;
}
