/**
 * The command line in a process that stays: it runs one command after another, each of
 * which costs a tenth of a process of its own. For commands whose output matters, not
 * their process; see `spit.ts` for those.
 *
 * @module
 */
import process from "node:process";
import { readLines } from "../../lib/io/find_frames.ts";
import { writeAll } from "../../lib/io/output.ts";
import { dirname } from "../../lib/std.ts";
import { temporaryFolder } from "../tiny.ts";
import type { Ended } from "./spit.ts";

/** A command for the process: its arguments, and the folder in which it runs. */
interface Order {
  readonly args: readonly string[];
  readonly folder: string;
}

/** Starts the process, which may write to all temporary folders. */
function start() {
  using folder = temporaryFolder();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-read", "--allow-ffi"],
      "--allow-env=ORT_DISABLE_TELEMETRY",
      `--allow-write=${dirname(folder.path)}`,
      import.meta.url,
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  globalThis.addEventListener("unload", () => child.kill("SIGKILL"));
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  return async (order: Order): Promise<Ended> => {
    await writer.write(new TextEncoder().encode(JSON.stringify(order) + "\n"));
    const decoder = new TextDecoder();
    let text = "";
    // Only as far as the answer, so that no test leaves a read behind.
    while (!text.endsWith("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`The process of spit ended: ${order.args}`);
      text += decoder.decode(value, { stream: true });
    }
    return JSON.parse(text);
  };
}

/** Runs the orders on standard input, and answers each with a line on standard output. */
async function serve(): Promise<void> {
  const { run } = await import("../../cli.ts");
  const write = Deno.stdout.write.bind(Deno.stdout);
  const ended = { out: "", err: "" };
  const collect = (key: keyof typeof ended) => (text: string | Uint8Array) => {
    ended[key] += typeof text === "string"
      ? text
      : new TextDecoder().decode(text);
    return text.length;
  };
  const [toOut, toErr] = [collect("out"), collect("err")];
  Deno.stdout.write = (bytes) => Promise.resolve(toOut(bytes));
  Deno.stderr.writeSync = toErr;
  process.stdout.write = (text: string | Uint8Array) => toOut(text) >= 0;
  process.stderr.write = (text: string | Uint8Array) => toErr(text) >= 0;
  console.error = (text: string) => toErr(`${text}\n`);
  for await (const line of readLines(null)) {
    const { args, folder }: Order = JSON.parse(
      new TextDecoder().decode(line),
    );
    Deno.chdir(folder);
    Object.assign(ended, { out: "", err: "" });
    Deno.exitCode = 0;
    await run(args);
    const answer: Ended = { code: Deno.exitCode, ...ended };
    await writeAll({ write }, JSON.stringify(answer) + "\n");
  }
}

if (import.meta.main) await serve();
const send = import.meta.main ? undefined : start();
let last: Promise<unknown> = Promise.resolve();

/** Runs `spit ARGS` in a folder; like `spit` of `spit.ts`, without input. */
export function spit(
  args: readonly string[],
  folder: string = Deno.cwd(),
): Promise<Ended> {
  const ended = last.then(() => send!({ args, folder }));
  last = ended.catch(() => {});
  return ended;
}
