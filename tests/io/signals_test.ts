import { assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { SpitError } from "../../lib/errors.ts";
import { createStopSignal } from "../../lib/io/signals.ts";
import { temporaryFolder } from "../tiny.ts";

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));
const LIB = new URL("../../lib/io/", import.meta.url).href;

Deno.test("createStopSignal() aborts when the stop file appears, and leaves it", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/stop`;
  using stop = await createStopSignal(path);
  const aborted = new Promise((resolve) =>
    stop.signal.addEventListener("abort", resolve)
  );
  assertEquals(stop.signal.aborted, false);
  Deno.writeTextFileSync(path, "");
  await aborted;
  assertEquals(stop.signal.reason, `the stop file ${path}`);
  assertEquals(Deno.statSync(path).isFile, true);
});

Deno.test("createStopSignal() throws when the stop file exists", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/stop`;
  Deno.writeTextFileSync(path, "");
  const error = await assertRejects(() => createStopSignal(path), SpitError);
  assertEquals(error.code, "usage");
});

/** Runs a script until it prints a line, sends it signals, and returns its exit code. */
async function signalScript(
  script: string,
  signals: readonly Deno.Signal[],
): Promise<{ code: number; out: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      "--config",
      CONFIG,
      `data:application/typescript,${encodeURIComponent(script)}`,
    ],
    stdout: "piped",
  }).spawn();
  let out = "";
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  const left = [...signals];
  for await (const text of lines) {
    out += text;
    const signal = left.shift();
    if (signal !== undefined) child.kill(signal);
  }
  const { code } = await child.status;
  return { code, out };
}

Deno.test({
  name:
    "createStopSignal() aborts on the first signal; the second ends the process",
  ignore: Deno.build.os === "windows",
  async fn() {
    const script = `
      import { createStopSignal } from "${LIB}signals.ts";
      using stop = await createStopSignal();
      stop.signal.addEventListener("abort", () => console.log(stop.signal.reason));
      console.log("ready");
      await new Promise(() => setInterval(() => {}, 1000));`;
    assertEquals(await signalScript(script, ["SIGTERM", "SIGINT"]), {
      code: 130,
      out: "ready\nSIGTERM\n",
    });
  },
});

Deno.test({
  name: "discardOnSignal() removes the temporary file and ends the process",
  ignore: Deno.build.os === "windows",
  async fn() {
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      using folder = temporaryFolder();
      const script = `
        import { fileOutput } from "${LIB}output.ts";
        import { discardOnSignal } from "${LIB}signals.ts";
        const output = await fileOutput("${folder.path}/night.csv");
        using _ = discardOnSignal(output);
        await output.write("half a row");
        console.log("ready");
        await new Promise(() => setInterval(() => {}, 1000));`;
      assertEquals((await signalScript(script, [signal])).code, code);
      assertEquals([...Deno.readDirSync(folder.path)], []);
    }
  },
});
