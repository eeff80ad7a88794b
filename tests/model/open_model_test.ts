import {
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import {
  borrowModel,
  chooseThreadCount,
  openModel,
} from "../../lib/model/open_model.ts";
import { dirname, join } from "../../lib/std.ts";
import {
  addonFolder,
  findCudaRuntime,
  libraryFolders,
  PROVIDER_FILES,
} from "../../lib/model/cuda.ts";
import type { NamedDevice } from "../../lib/model/device.ts";
import { FEATURES } from "../../lib/preprocess/features.ts";
import { expectedOod, temporaryFolder, TINY, WARY } from "../tiny.ts";

const FLIP = 210 * 650;

/** GPUs that must work on this machine: it has the device and the libraries for it. */
const WORKING_GPUS: ReadonlySet<NamedDevice> = new Set([
  ...(hasCuda() ? ["cuda"] as const : []),
  ...(hasWebGpu() ? ["webgpu"] as const : []),
]);

function hasCuda(): boolean {
  const core = findCudaRuntime(libraryFolders());
  const folder = core === undefined ? addonFolder()! : dirname(core);
  return exists("/dev/nvidiactl") &&
    PROVIDER_FILES.every((name) => exists(join(folder, name)));
}

/** On Linux, WebGPU needs the Vulkan loader and an installed driver for it. */
function hasWebGpu(): boolean {
  if (Deno.build.os !== "linux") return true;
  const folders = ["/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d"];
  if (!folders.some((path) => exists(path))) return false;
  try {
    Deno.dlopen("libvulkan.so.1", {}).close();
    return true;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function codeOf(opening: Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => opening, SpitError);
  return `${error.code}: ${error.message}`;
}

/** Copies a model and changes fields of its card; `undefined` removes a field. */
function copyWith(
  folder: string,
  model: string,
  fields: Record<string, unknown>,
): string {
  const card = { ...JSON.parse(Deno.readTextFileSync(model)), ...fields };
  const place = `${folder}/${card.name}.json`;
  Deno.copyFileSync(
    model.replace(".json", ".onnx"),
    place.replace(".json", ".onnx"),
  );
  Deno.writeTextFileSync(place, JSON.stringify(card));
  return place;
}

function tinyWith(folder: string, fields: Record<string, unknown>): string {
  return copyWith(folder, TINY, fields);
}

Deno.test("run() returns the probabilities that the weights give, for any number of flips", async () => {
  await using model = await openModel(TINY, "cpu");
  const flips = new Uint8Array(3 * FLIP);
  flips.fill(255, FLIP, 2 * FLIP); // white
  flips.fill(255, 2 * FLIP, 2 * FLIP + FLIP / 2); // the top half white
  const { probabilities: found, ood } = await model.run(flips, null, 3);
  assertEquals(ood, null);

  const softmax = (logits: number[]) => {
    const powers = logits.map(Math.exp);
    return powers.map((p) => p / powers.reduce((a, b) => a + b));
  };
  const wanted = [
    ...softmax([6, 0, -4, -10, -4, 0.5]),
    ...softmax([-10, 0, -4, 6, -4, 0.5]),
    ...softmax([-2, 0, -4, -2, 16, 0.5]),
  ];
  assertEquals(found.length, wanted.length);
  wanted.forEach((p, k) => assertAlmostEquals(found[k]!, p, 1e-5));
});

Deno.test("a model with features receives one row for each flip and returns the ood score of each", async () => {
  await using model = await openModel(WARY, "cpu");
  const counts = [100, 4000, 60_000];
  const features = new Float32Array(3 * FEATURES.length);
  const brightness = FEATURES.indexOf("asinh counts: 50 %");
  counts.forEach((n, flip) => {
    features[flip * FEATURES.length + brightness] = Math.asinh(n);
  });
  const flips = new Uint8Array(3 * FLIP);
  const { probabilities, ood } = await model.run(flips, features, 3);
  assertEquals([probabilities.length, ood!.length], [18, 3]);
  counts.forEach((n, flip) =>
    assertAlmostEquals(ood![flip]!, expectedOod(n), 1e-5)
  );

  await using tiny = await openModel(TINY, "cpu");
  assertEquals(
    (await tiny.run(flips, features, 3)).probabilities,
    probabilities,
  );
});

Deno.test("a model with features does not run without them or with too few", async () => {
  await using model = await openModel(WARY, "cpu");
  assertMatch(
    await codeOf(model.run(new Uint8Array(FLIP), null, 1)),
    /^inference: the model wary@1\.0\.0 needs the features/,
  );
  assertMatch(
    await codeOf(model.run(new Uint8Array(FLIP), new Float32Array(3), 1)),
    /^inference: onnxruntime failed on cpu/,
  );
});

Deno.test("inputs and outputs that differ from the card are refused, each by its name", async () => {
  using folder = temporaryFolder();
  const { features } = JSON.parse(Deno.readTextFileSync(WARY));
  const row = `float32 \\[N, ${FEATURES.length}\\]`;
  const cases: [
    model: string,
    fields: Record<string, unknown>,
    says: string,
  ][] = [
    [TINY, { features }, `the input statistics is missing, must be ${row}$`],
    [
      WARY,
      { features: undefined },
      `the input statistics, ${row}, is not in the card$`,
    ],
    [
      WARY,
      { features: { ...features, name: "numbers" } },
      `the input numbers is missing, must be ${row}; the input statistics, `,
    ],
    [
      WARY,
      { ood: { name: "probabilities" } },
      "the output probabilities is float32 \\[N, 6\\], must be float32 \\[N\\]$",
    ],
    [
      TINY,
      {
        ood: { name: "oddity" },
        thresholds: { probability: 0, ood: 0.5 },
      },
      "the output oddity is missing, must be float32 \\[N\\]$",
    ],
  ];
  for (const [model, fields, says] of cases) {
    assertMatch(
      await codeOf(openModel(copyWith(folder.path, model, fields), "cpu")),
      new RegExp(`^model_mismatch: .*${says}`),
    );
  }
});

Deno.test("a network may have more outputs than its card states", async () => {
  using folder = temporaryFolder();
  const card = copyWith(folder.path, WARY, {
    ood: undefined,
    thresholds: { probability: 0 },
  });
  await using model = await openModel(card, "cpu");
  const features = new Float32Array(FEATURES.length);
  const output = await model.run(new Uint8Array(FLIP), features, 1);
  assertEquals(output.ood, null);
});

Deno.test("the path of an .onnx file opens the card beside it", async () => {
  await using model = await openModel(TINY.replace(".json", ".onnx"), "cpu");
  assertEquals([model.card.name, model.device], ["tiny", "cpu"]);
});

Deno.test("device auto is CUDA where that works, else the CPU", async () => {
  await using model = await openModel(TINY);
  assertEquals(model.device, WORKING_GPUS.has("cuda") ? "cuda" : "cpu");
  const { probabilities } = await model.run(new Uint8Array(FLIP), null, 1);
  assertEquals(probabilities.length, 6);
});

for (const device of ["cuda", "webgpu"] as const) {
  if (WORKING_GPUS.has(device)) {
    Deno.test(`openModel() runs on ${device}, which this machine has`, async () => {
      await using model = await openModel(TINY, device);
      await using reference = await openModel(TINY, "cpu");
      assertEquals(model.device, device);
      const white = new Uint8Array(FLIP).fill(255);
      const [found, expected] = await Promise.all(
        [model, reference].map((model) => model.run(white, null, 1)),
      );
      found!.probabilities.forEach((p, k) =>
        assertAlmostEquals(p, expected!.probabilities[k]!, 1e-3)
      );
    });
  } else {
    Deno.test(`openModel() explains what ${device} needs, which this machine lacks`, async () => {
      assertMatch(
        await codeOf(openModel(TINY, device)),
        new RegExp(
          `^no_device: the device ${device} does not work here: \\S.*; it needs .*; or use --device auto$`,
        ),
      );
    });
  }
}

Deno.test("a light network runs on one thread, others on one thread per core", () => {
  const all = Math.min(navigator.hardwareConcurrency, 8);
  assertEquals(chooseThreadCount({ multiply_adds: 48_712_448 }), 1);
  assertEquals(chooseThreadCount({ multiply_adds: 2_150_000_000 }), all);
  assertEquals(chooseThreadCount({}), all);
});

Deno.test("an .onnx file with another sha256 is refused", async () => {
  using folder = temporaryFolder();
  const card = tinyWith(folder.path, { sha256: "0".repeat(64) });
  assertMatch(
    await codeOf(openModel(card, "cpu")),
    /^model_mismatch: tiny\.onnx .*sha256/,
  );
});

Deno.test("a card with another number of classes than the network is refused", async () => {
  using folder = temporaryFolder();
  const card = tinyWith(folder.path, { classes: ["bias", "arc"] });
  assertMatch(
    await codeOf(openModel(card, "cpu")),
    /^model_mismatch: .*probabilities is float32 \[N, 6\], must be float32 \[N, 2\]/,
  );
});

Deno.test("a file that is not ONNX is refused", async () => {
  using folder = temporaryFolder();
  const text = new TextEncoder().encode("not a network");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const card = tinyWith(folder.path, { sha256: digest.toHex() });
  Deno.writeFileSync(`${folder.path}/tiny.onnx`, text);
  assertMatch(
    await codeOf(openModel(card, "cpu")),
    /^inference: tiny\.onnx is not an ONNX file/,
  );
});

Deno.test("the error for a missing model lists the installed models or the missing file", async () => {
  using folder = temporaryFolder();
  assertMatch(
    await codeOf(openModel("no-such-model")),
    /^no_model: there is no model "no-such-model"; (none is installed|installed: )/,
  );
  assertMatch(
    await codeOf(openModel(`${folder.path}/a.json`)),
    /^no_model: there is no model card/,
  );
  assertMatch(
    await codeOf(openModel(`${folder.path}/a.onnx`)),
    /^no_model: .*no model card beside it/,
  );
  Deno.removeSync(tinyWith(folder.path, {}).replace(".json", ".onnx"));
  assertMatch(
    await codeOf(openModel(`${folder.path}/tiny.json`)),
    /^no_model: .* is missing: there is no tiny\.onnx beside it/,
  );
});

Deno.test("a wrong number of pixels is a SpitError", async () => {
  await using model = await openModel(TINY, "cpu");
  assertMatch(
    await codeOf(model.run(new Uint8Array(7), null, 1)),
    /^inference: onnxruntime failed on cpu/,
  );
});

Deno.test("borrowModel() releases a model that it opened, and leaves a passed one open", async () => {
  await using own = await openModel(TINY, "cpu");
  {
    await using borrowed = await borrowModel({ model: own });
    await borrowed.run(new Uint8Array(FLIP), null, 1);
  }
  await own.run(new Uint8Array(FLIP), null, 1);

  let released;
  {
    await using opened = await borrowModel({ model: TINY, device: "cpu" });
    released = opened;
  }
  assertMatch(
    await codeOf(released.run(new Uint8Array(FLIP), null, 1)),
    /^inference: /,
  );
  await released.release();
});
