import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { TINY } from "../tiny.ts";

const OPEN_MODEL = new URL("../../lib/model/open_model.ts", import.meta.url);
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** Runs a model in a process whose home is an empty folder, and returns the files it left there. */
async function runAtHome(
  home: string,
  permissions: readonly string[],
): Promise<{ left: string[]; err: string }> {
  const script = `
    const { openModel } = await import(${JSON.stringify(OPEN_MODEL.href)});
    const model = await openModel(${JSON.stringify(TINY)}, "cpu");
    await model.run(new Uint8Array(210 * 650), null, 1);
    await model.release();`;
  const file = `${home}.ts`;
  await Deno.writeTextFile(file, script);
  const { stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", CONFIG, ...permissions, file],
    env: { HOME: home, TMPDIR: home, DENO_DIR: await denoDir() },
  }).output();
  await Deno.remove(file);
  const left = await Array.fromAsync(Deno.readDir(home), ({ name }) => name);
  return { left, err: new TextDecoder().decode(stderr) };
}

async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

Deno.test("onnxruntime writes no telemetry identifier and no events", async () => {
  const home = await Deno.makeTempDir();
  try {
    const permissions = [
      "--allow-read",
      "--allow-ffi",
      "--allow-env=ORT_DISABLE_TELEMETRY",
    ];
    const { left, err } = await runAtHome(home, permissions);
    assertEquals([left, err], [[], ""]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("onnxruntime is not loaded without the permission to disable telemetry", async () => {
  const home = await Deno.makeTempDir();
  try {
    const permissions = ["--allow-read", "--allow-ffi"];
    const { left, err } = await runAtHome(home, permissions);
    assertEquals(left, []);
    assertStringIncludes(err, "--allow-env=ORT_DISABLE_TELEMETRY");
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
