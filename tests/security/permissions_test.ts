import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { NATS_SERVER, startNatsServer } from "../../scripts/nats/server.ts";
import { spit } from "../commands/spit.ts";
import { temporaryFolder } from "../tiny.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A row of docs/permissions.md. */
interface Row {
  readonly command: string;
  readonly flags: readonly string[];
}

function rowsOf(page: string): Row[] {
  return page.split("\n").flatMap((line) => {
    const match = /^\| `spit (.+?)` +\| (?:`(.+)`)? *\|$/.exec(line);
    if (match === null) return [];
    const [, command = "", flags = ""] = match;
    return [{ command, flags: flags.split(" ").filter((flag) => flag !== "") }];
  });
}

/** What rows need that is there before they are run. */
async function startWorld() {
  const folder = temporaryFolder();
  const make = async (...args: string[]) => {
    const { code, err } = await spit([...args, "-q"], folder.path);
    assertEquals(code, 0, err);
  };
  await make("simulate", "night", "--count", "2", "--instrument", "kast-red");
  await make("run", "night", "--out", "out/rows");
  const { code, err } = await spit(
    // deno-fmt-ignore
    ["evaluate", "night/labels.csv", "--split", "all", "--predictions", "out/kept.ndjson"],
    folder.path,
  );
  assertEquals(code, 0, err);
  return folder;
}

/** One for all rows: none of them changes what another needs. */
const world = await startWorld();
const nats = NATS_SERVER === undefined
  ? undefined
  : await startNatsServer(world.path);
globalThis.addEventListener("unload", () => {
  nats?.kill();
  world[Symbol.dispose]();
});

/** Commands that go on until they are told to end. */
const isEndless = (command: string) => /^(watch|review) /.test(command);

async function runUnder(
  flags: readonly string[],
  command: string,
  folder: string,
): Promise<{ code: number; err: string }> {
  const place = (text: string) =>
    text.replaceAll("NIGHT", `${folder}/night`)
      .replaceAll("OUT", `${folder}/out`)
      .replaceAll("MODELS", at("../../models"))
      .replaceAll("SERVER", nats?.host ?? "");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", ...flags.map(place), at("../../cli.ts")],
      ...command.split(" ").map(place),
    ],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  let err = "";
  let end: ReturnType<typeof setTimeout> | undefined;
  for await (const bytes of child.stderr) {
    err += decoder.decode(bytes, { stream: true });
    if (isEndless(command) && /Ctrl-C ends it/.test(err)) {
      // It is at work; let it do some, then end it.
      end ??= setTimeout(() => child.kill("SIGTERM"), 300);
    }
  }
  clearTimeout(end);
  const { code } = await child.status;
  return { code, err };
}

const ROWS = rowsOf(await Deno.readTextFile(at("../../docs/permissions.md")));

Deno.test("least permissions: every command of the help has a row", async () => {
  const { out } = await spit(["--help"]);
  const names = [...out.matchAll(/^ {2}([a-z]+) \[options\]/gm)]
    .map(([, name]) => name!);
  assert(names.length > 8);
  const page = await Deno.readTextFile(at("../../docs/permissions.md"));
  for (const name of names) {
    assert(name === "classify" || page.includes(`spit ${name} `), name);
  }
});

for (const { command, flags } of ROWS) {
  const ignore = command.includes("SERVER") && nats === undefined;
  Deno.test(`least permissions: spit ${command}`, { ignore }, async () => {
    const allowed = await runUnder(flags, command, world.path);
    assertEquals(allowed.code, 0, allowed.err);
    assertEquals(/allow-|NotCapable/.test(allowed.err), false, allowed.err);
    for (const flag of flags) {
      const rest = flags.filter((other) => other !== flag);
      const { code, err } = await runUnder(rest, command, world.path);
      const name = flag.replace(/=.*/, "");
      assertEquals(code, 2, `without ${flag}: ${err}`);
      assertStringIncludes(err, name);
      assert(/^error: /m.test(err) && !/^ +at /m.test(err), err);
    }
  });
}
