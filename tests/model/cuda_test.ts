import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  CUDA_REQUIREMENTS,
  findCudaRuntime,
  libraryFolders,
  PROVIDER_FILES,
  RUNTIME_VERSION,
} from "../../lib/model/cuda.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

const CORE_FILE = `libonnxruntime.so.${RUNTIME_VERSION}`;
const isLinux = Deno.build.os === "linux" && Deno.build.arch === "x86_64";

function writeFiles(folder: string, names: readonly string[]): void {
  for (const name of names) {
    Deno.writeTextFileSync(`${folder}/${name}`, "not a library");
  }
}

Deno.test("RUNTIME_VERSION is the version of onnxruntime-node that is imported", () => {
  const session = new URL("../../lib/model/onnx_session.ts", import.meta.url);
  const imported = Deno.readTextFileSync(session)
    .matchAll(/npm:onnxruntime-node@([\d.]+)/g);
  assertEquals(
    new Set([...imported].map(([, version]) => version)),
    new Set([RUNTIME_VERSION]),
  );
});

Deno.test("libraryFolders() finds pip's folders from site-packages and from onnxruntime/capi", () => {
  using folder = temporaryFolder();
  const packages = folder.path;
  const capi = `${packages}/onnxruntime/capi`;
  const cudnn = `${packages}/nvidia/cudnn/lib`;
  for (const made of [capi, cudnn]) Deno.mkdirSync(made, { recursive: true });
  assertEquals(libraryFolders(packages), [packages, capi, cudnn]);
  assertEquals(libraryFolders(capi), [capi, cudnn]);
  assertEquals(libraryFolders(`${packages}/absent::${cudnn}`), [cudnn]);
  assertEquals(libraryFolders(""), []);
});

Deno.test("findCudaRuntime() requires the provider and a core library of the same version", () => {
  using folder = temporaryFolder();
  const { path } = folder;
  writeFiles(path, [CORE_FILE]);
  assertEquals(findCudaRuntime([path]), undefined);
  writeFiles(path, PROVIDER_FILES);
  assertEquals(
    findCudaRuntime([`${path}/absent`, path]),
    `${path}/${CORE_FILE}`,
  );
  Deno.renameSync(`${path}/${CORE_FILE}`, `${path}/libonnxruntime.so.1.31.1`);
  assertEquals(findCudaRuntime([path]), undefined);
});

Deno.test({
  name:
    "SPIT_ORT_LIBS replaces the core library and is where the provider is loaded from",
  ignore: !isLinux,
  async fn() {
    using folder = temporaryFolder();
    writeFiles(folder.path, PROVIDER_FILES);
    const { isLoaded, error, cpuDevice } = await openWith(folder.path, ["-A"]);
    assertEquals(isLoaded, true);
    assertMatch(
      error,
      new RegExp(
        `^the device cuda does not work here: ${folder.path}/${
          PROVIDER_FILES[0]
        }: (file too short|invalid ELF header);`,
      ),
    );
    assertStringIncludes(error, CUDA_REQUIREMENTS);
    assertEquals(error.split("\n").length, 1);
    assertEquals(cpuDevice, "cpu");
  },
});

Deno.test({
  name: "SPIT_ORT_LIBS is ignored without the permission to read it",
  ignore: !isLinux,
  async fn() {
    using folder = temporaryFolder();
    writeFiles(folder.path, [CORE_FILE, ...PROVIDER_FILES]);
    const { cpuDevice } = await openWith(folder.path, [
      "--allow-read",
      "--allow-ffi",
      "--allow-env=ORT_DISABLE_TELEMETRY",
    ]);
    // Loading the core library, which is a text here, would throw.
    assertEquals(cpuDevice, "cpu");
  },
});

/**
 * Opens a model on CUDA and on the CPU in a process whose SPIT_ORT_LIBS is `folder`.
 * A process with write permission copies the core library of the npm package there.
 */
async function openWith(
  folder: string,
  permissions: readonly string[],
): Promise<{ isLoaded: boolean; error: string; cpuDevice: string }> {
  const url = (path: string) => new URL(path, import.meta.url).href;
  const script = `
    import { openModel } from "${url("../../lib/model/open_model.ts")}";
    import { addonFolder } from "${url("../../lib/model/cuda.ts")}";
    const [core, tiny] = Deno.args;
    let error = "", isLoaded = false;
    if ((await Deno.permissions.query({ name: "write" })).state === "granted") {
      Deno.copyFileSync(addonFolder() + "/libonnxruntime.so.1", core);
    }
    try {
      await using _ = await openModel(tiny, "cuda");
    } catch (caught) {
      error = caught.message;
    }
    await using model = await openModel(tiny, "cpu");
    try {
      isLoaded = Deno.readTextFileSync("/proc/self/maps").includes(core);
    } catch { /* needs --allow-all */ }
    console.log(JSON.stringify({ error, isLoaded, cpuDevice: model.device }));
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--config",
      fileURLToPath(url("../../deno.json")),
      ...permissions,
      `data:application/typescript,${encodeURIComponent(script)}`,
      `${folder}/${CORE_FILE}`,
      TINY,
    ],
    env: { SPIT_ORT_LIBS: folder },
  }).output();
  const text = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  assertEquals(text.startsWith("{"), true, new TextDecoder().decode(stderr));
  return JSON.parse(text);
}
