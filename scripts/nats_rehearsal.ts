/**
 * Starts a NATS server and workers on this machine, kills the workers at random while
 * they classify, and prints the table of docs/nats.md. The exit code is that of `merge`:
 * 1 if a frame has no row. Requires nats-server.
 *
 *     deno run -A scripts/nats_rehearsal.ts --frames 5000 --kills 100
 */
import { Command } from "commander";
import { fileURLToPath } from "node:url";
import { parseCount } from "../lib/commands/options.ts";
import { parseMessage } from "../lib/batch/queue.ts";
import { selectFrames } from "./nats/frames.ts";
import {
  type Outcome,
  type RehearsalOptions,
  rehearse,
} from "./nats/rehearsal.ts";

const TINY = new URL("../tests/fixtures/model/tiny.json", import.meta.url);

const options = new Command("nats_rehearsal.ts")
  .option("--frames <number>", "frames to publish", parseCount, 5000)
  .option("--kills <number>", "largest number of kills", parseCount, 100)
  .option("--workers <number>", "number of workers", parseCount, 3)
  .option("--seed <number>", "seed of the frames and kills", parseCount, 1)
  .parse(Deno.args, { from: "user" })
  .opts<Pick<RehearsalOptions, "frames" | "kills" | "workers" | "seed">>();

const folder = await Deno.makeTempDir({ prefix: "spit-nats-" });
try {
  const model = fileURLToPath(TINY);
  const outcome = await rehearse({ folder, model, ...options });
  console.log(formatTable(outcome));
  console.error(outcome.notices);
  Deno.exitCode = outcome.code;
} finally {
  await Deno.remove(folder, { recursive: true });
}

function formatTable(outcome: Outcome): string {
  const { frames, merged } = outcome;
  const files = new Set(merged.map(({ file }) => file));
  const kinds = ["broken", "late", "removed", "missing"] as const;
  const kindText = kinds.map((kind) =>
    `${selectFrames(frames, kind).length} ${kind}`
  );
  const lines: [string, string | number][] = [
    ["frames published", `${frames.size}, of which ${kindText.join(", ")}`],
    ["messages that name no frame", outcome.nameless],
    ["workers killed (SIGKILL)", outcome.kills],
    ["workers ended by the deadly frame", outcome.deaths],
    ["redeliveries", outcome.redeliveries],
    ["rows in parts", outcome.rows],
    ["rows superseded in the merge", outcome.rows - merged.length],
    ["frames with one row", files.size],
    ["frames with two rows", merged.length - files.size],
    [
      "frames without a row",
      [...frames.keys()].filter((path) => !files.has(path)).length,
    ],
    ["dead letters", formatDeadLetterCounts(outcome)],
    ["messages left in the queue", outcome.left],
    ["seconds", outcome.seconds.toFixed(0)],
  ];
  return lines.map(([what, value]) => `| ${what} | ${value} |`).join("\n");
}

function formatDeadLetterCounts({ frames, deadLetters }: Outcome): string {
  const kinds = deadLetters.map((text) => {
    const file = parseMessage(new TextEncoder().encode(text));
    return file === null ? "nameless" : frames.get(file) ?? "unknown";
  });
  const counts = Map.groupBy(kinds, (kind) => kind).entries();
  const texts = [...counts].map(([kind, all]) => `${all.length} ${kind}`);
  return `${deadLetters.length}: ${texts.sort().join(", ")}`;
}
