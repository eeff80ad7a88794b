import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { SpitError } from "../../lib/errors.ts";
import { missingCudaParts, sayMissing } from "../../lib/model/cuda_parts.ts";
import {
  isOurProvider,
  libraryFolders,
  ownRuntime,
  RUNTIME_VERSION,
} from "../../lib/model/cuda.ts";
import { holdsText, loads, neededBy } from "../../lib/model/shared_library.ts";
import { fakeLibrary, writeProvider } from "../fake_library.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

const LINUX = "linux x86_64";
const here = Deno.build.os === "linux" && Deno.build.arch === "x86_64";

Deno.test("the version that providers must be of is the one that is imported", () => {
  const session = new URL("../../lib/model/onnx_session.ts", import.meta.url);
  const imported = Deno.readTextFileSync(session)
    .matchAll(/npm:onnxruntime-node@([\d.]+)/g);
  assertEquals(
    new Set([...imported].map(([, version]) => version)),
    new Set([RUNTIME_VERSION]),
  );
});

Deno.test("with nothing installed each part is named, and where it comes from", () => {
  const missing = missingCudaParts({
    platform: LINUX,
    provider: "/nowhere",
    folders: [],
    loads: () => false,
  });
  assertEquals(missing.map(({ part }) => part), [
    "provider",
    "CUDA",
    "cuDNN",
    "driver",
  ]);
  assertEquals(
    sayMissing(missing),
    `it needs the CUDA provider of onnxruntime ${RUNTIME_VERSION} (deno task setup:cuda), ` +
      "CUDA 12 or 13 (libcudart), cuDNN 9 (libcudnn.so.9) and the NVIDIA driver (libcuda.so.1); " +
      "libraries are looked for where the system looks (LD_LIBRARY_PATH) and in the folders of SPIT_ORT_LIBS",
  );
});

Deno.test("a provider says itself which CUDA it wants; what is there is not named", () => {
  using folder = temporaryFolder();
  writeProvider(folder.path, RUNTIME_VERSION, 12);
  const missingOf = (there: readonly string[], folders: string[] = []) =>
    missingCudaParts({
      platform: LINUX,
      provider: folder.path,
      folders,
      loads: (library) => there.includes(library),
    });
  assertEquals(missingOf(["libcudart.so.12", "libcuda.so.1"]), [
    { part: "CUDA", name: "CUDA 12 (libcublas.so.12)" },
    { part: "cuDNN", name: "cuDNN 9 (libcudnn.so.9)" },
  ]);
  const all = ["libcublas.so.12", "libcudart.so.12", "libcudnn.so.9"];
  assertEquals(
    sayMissing(missingOf(all)),
    "it needs the NVIDIA driver (libcuda.so.1)",
  );
  const elsewhere = all.map((name) => `/pip/${name}`);
  assertEquals(missingOf(["libcuda.so.1", ...elsewhere], ["/pip"]), []);
  assertEquals(sayMissing([]), "");
});

Deno.test("where onnxruntime-node has no CUDA, that is all there is to say", () => {
  assertEquals(
    sayMissing(missingCudaParts({ platform: "darwin aarch64" })),
    "it needs Linux on x64: onnxruntime-node has CUDA nowhere else",
  );
});

Deno.test("a provider that is no library is the runtime's to refuse", () => {
  using folder = temporaryFolder();
  writeProvider(folder.path, RUNTIME_VERSION);
  Deno.writeTextFileSync(
    `${folder.path}/libonnxruntime_providers_cuda.so`,
    "no",
  );
  const machine = { platform: LINUX, provider: folder.path, folders: [] };
  assertEquals(missingCudaParts({ ...machine, loads: () => true }), []);
});

Deno.test("what a library is linked to is read from the file", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/fake.so`;
  Deno.writeFileSync(path, fakeLibrary(["libone.so.1", "libother.so"]));
  assertEquals(neededBy(path), ["libone.so.1", "libother.so"]);
  Deno.writeTextFileSync(path, "a text");
  const error = assertThrows(() => neededBy(path), SpitError);
  assertStringIncludes(error.message, "no shared library");
});

Deno.test("a text is found wherever it lies, also across what is read at once", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/long`;
  for (const before of [0, (1 << 22) - 3, 1 << 22, 2 * (1 << 22) + 1]) {
    const bytes = new Uint8Array(before + 20);
    bytes.set(new TextEncoder().encode("VERS_1.2.3"), before);
    Deno.writeFileSync(path, bytes);
    assertEquals(holdsText(path, "VERS_1.2.3"), true, `${before}`);
    assertEquals(holdsText(path, "VERS_1.2.4"), false);
  }
});

Deno.test("folders of pip are found from site-packages and from onnxruntime/capi", () => {
  using folder = temporaryFolder();
  const packages = folder.path;
  const capi = `${packages}/onnxruntime/capi`;
  const cudnn = `${packages}/nvidia/cudnn/lib`;
  for (const made of [capi, cudnn]) Deno.mkdirSync(made, { recursive: true });
  assertEquals(libraryFolders(packages), [packages, capi, cudnn]);
  assertEquals(libraryFolders(capi), [capi, cudnn]);
  assertEquals(libraryFolders(`/nowhere::${cudnn}`), [cudnn]);
  assertEquals(libraryFolders(""), []);
});

Deno.test("an onnxruntime of another version does not stand in for ours", () => {
  using folder = temporaryFolder();
  const core = `${folder.path}/libonnxruntime.so.1`;
  Deno.writeTextFileSync(core, `VERS_${RUNTIME_VERSION}`);
  assertEquals(ownRuntime([folder.path]), undefined, "no provider");
  writeProvider(folder.path, RUNTIME_VERSION);
  assertEquals(ownRuntime([folder.path]), { folder: folder.path, core });
  assertEquals(isOurProvider(folder.path), true);
  Deno.writeTextFileSync(core, "VERS_1.31.1");
  assertEquals(ownRuntime([folder.path]), undefined);
  writeProvider(folder.path, "1.31.1");
  assertEquals(isOurProvider(folder.path), false);
});

Deno.test({
  name:
    "SPIT_ORT_LIBS has the runtime of a folder used, and its provider looked for there",
  // A driver would let the stand-in for a provider be loaded.
  ignore: !here || loads("libcuda.so.1"),
  async fn() {
    using folder = temporaryFolder();
    writeProvider(folder.path, RUNTIME_VERSION);
    const said = await runWith(folder.path, ["-A"]);
    assertEquals(said.used, true);
    assertStringIncludes(
      said.error,
      "the device cuda does not work here: it needs ",
    );
    assertStringIncludes(said.error, "the NVIDIA driver (libcuda.so.1)");
    assertEquals(said.error.includes("provider"), false);
    assertEquals(said.error.split("\n").length, 1);
    assertEquals(said.onCpu, "cpu");
  },
});

Deno.test({
  name: "a variable that we may not read is not asked for",
  ignore: !here,
  async fn() {
    using folder = temporaryFolder();
    writeProvider(folder.path, RUNTIME_VERSION);
    const said = await runWith(folder.path, [
      "--allow-read",
      "--allow-ffi",
      "--allow-env=ORT_DISABLE_TELEMETRY",
    ]);
    assertEquals(said.onCpu, "cpu");
  },
});

/** Opens a model in a process of its own, where the core of a folder stands in for ours. */
async function runWith(
  folder: string,
  permissions: readonly string[],
): Promise<{ used: boolean; error: string; onCpu: string }> {
  const url = (path: string) => new URL(path, import.meta.url).href;
  const script = `
    import { openModel } from "${url("../../lib/model/open_model.ts")}";
    import { addonFolder } from "${url("../../lib/model/cuda_places.ts")}";
    const [folder, tiny] = Deno.args;
    let error = "", used = false;
    if ((await Deno.permissions.query({ name: "write" })).state === "granted") {
      Deno.copyFileSync(addonFolder() + "/libonnxruntime.so.1", folder + "/libonnxruntime.so.1");
    }
    try {
      await using _ = await openModel(tiny, "cuda");
    } catch (caught) {
      error = caught.message;
    }
    await using model = await openModel(tiny, "cpu");
    try {
      used = Deno.readTextFileSync("/proc/self/maps").includes(folder + "/libonnxruntime.so.1");
    } catch { /* not with few permissions */ }
    console.log(JSON.stringify({ error, used, onCpu: model.device }));
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
      folder,
      TINY,
    ],
    env: { SPIT_ORT_LIBS: folder },
  }).output();
  const text = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  assertEquals(text.startsWith("{"), true, new TextDecoder().decode(stderr));
  return JSON.parse(text);
}
