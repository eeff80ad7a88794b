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
import type { Device } from "../../lib/model/device.ts";
import { FEATURES } from "../../lib/preprocess/features.ts";
import { expectedOod, temporaryFolder, TINY, WARY } from "../tiny.ts";

const FLIP = 210 * 650;

async function codeOf(opening: Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => opening, SpitError);
  return `${error.code}: ${error.message}`;
}

/** A copy of a model with some fields of its card changed; `undefined` takes one out. */
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

Deno.test("a pass gives the probabilities that the weights say, for any number of flips", async () => {
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

Deno.test("a network that takes features is handed a row for each flip, and says how strange each is", async () => {
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

Deno.test("a network that takes features does not run without, or with too few", async () => {
  await using model = await openModel(WARY, "cpu");
  assertMatch(
    await codeOf(model.run(new Uint8Array(FLIP), null, 1)),
    /^inference: the network wary@1\.0\.0 needs the features/,
  );
  assertMatch(
    await codeOf(model.run(new Uint8Array(FLIP), new Float32Array(3), 1)),
    /^inference: onnxruntime failed on cpu/,
  );
});

Deno.test("inputs and outputs that are not the card's are refused, each by its name", async () => {
  using folder = temporaryFolder();
  const { features } = JSON.parse(Deno.readTextFileSync(WARY));
  const row = `float32 \\[N, ${FEATURES.length}\\]`;
  const cases: [
    model: string,
    fields: Record<string, unknown>,
    says: string,
  ][] = [
    [TINY, { features }, `the input features is absent, must be ${row}$`],
    [
      WARY,
      { features: undefined },
      `it also takes features, ${row}, which the card does not state$`,
    ],
    [
      WARY,
      { features: { ...features, name: "numbers" } },
      `the input numbers is absent, must be ${row}; it also takes features, `,
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
        thresholds: { confidence: 0, ood: 0.5 },
      },
      "the output oddity is absent, must be float32 \\[N\\]$",
    ],
  ];
  for (const [model, fields, says] of cases) {
    assertMatch(
      await codeOf(openModel(copyWith(folder.path, model, fields), "cpu")),
      new RegExp(`^model_mismatch: .*${says}`),
    );
  }
});

Deno.test("a network may say more than its card asks for", async () => {
  using folder = temporaryFolder();
  const card = copyWith(folder.path, WARY, {
    ood: undefined,
    thresholds: { confidence: 0 },
  });
  await using model = await openModel(card, "cpu");
  const features = new Float32Array(FEATURES.length);
  const output = await model.run(new Uint8Array(FLIP), features, 1);
  assertEquals(output.ood, null);
});

Deno.test("a path to the network opens the card beside it", async () => {
  await using model = await openModel(TINY.replace(".json", ".onnx"), "cpu");
  assertEquals([model.card.name, model.device], ["tiny", "cpu"]);
});

Deno.test("auto opens on a device that works", async () => {
  await using model = await openModel(TINY);
  const { probabilities } = await model.run(new Uint8Array(FLIP), null, 1);
  assertEquals(probabilities.length, 6);
});

for (const device of ["cuda", "webgpu"] satisfies Device[]) {
  Deno.test(`${device} asked for by name works, or says what to install`, async () => {
    try {
      await using model = await openModel(TINY, device);
      assertEquals(model.device, device);
    } catch (error) {
      assertEquals((error as SpitError).code, "no_device");
      assertMatch(
        (error as SpitError).message,
        new RegExp(`device ${device} .* it needs .*--device auto`, "s"),
      );
    }
  });
}

Deno.test("a network that is known to be light runs on one thread", () => {
  const all = Math.min(navigator.hardwareConcurrency, 8);
  assertEquals(chooseThreadCount({ multiply_adds: 48_712_448 }), 1);
  assertEquals(chooseThreadCount({ multiply_adds: 2_150_000_000 }), all);
  assertEquals(chooseThreadCount({}), all);
});

Deno.test("a network that is not the card's is refused", async () => {
  using folder = temporaryFolder();
  const card = tinyWith(folder.path, { sha256: "0".repeat(64) });
  assertMatch(
    await codeOf(openModel(card, "cpu")),
    /^model_mismatch: tiny\.onnx .*sha256/,
  );
});

Deno.test("a card whose classes are not the network's is refused", async () => {
  using folder = temporaryFolder();
  const card = tinyWith(folder.path, { classes: ["bias", "arc"] });
  assertMatch(
    await codeOf(openModel(card, "cpu")),
    /^model_mismatch: .*probabilities is float32 \[N, 6\], must be float32 \[N, 2\]/,
  );
});

Deno.test("what is no network is refused, not run", async () => {
  using folder = temporaryFolder();
  const text = new TextEncoder().encode("not a network");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  const card = tinyWith(folder.path, { sha256: digest.toHex() });
  Deno.writeFileSync(`${folder.path}/tiny.onnx`, text);
  assertMatch(
    await codeOf(openModel(card, "cpu")),
    /^inference: tiny\.onnx is no ONNX file/,
  );
});

Deno.test("a missing model says what there is, or what is missing", async () => {
  using folder = temporaryFolder();
  assertMatch(
    await codeOf(openModel("no-such-model")),
    /^no_model: there is no model "no-such-model"; (none is|there are)/,
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
    /^no_model: .*tiny\.onnx is missing/,
  );
});

Deno.test("a wrong number of pixels is an error of ours, not of the runtime", async () => {
  await using model = await openModel(TINY, "cpu");
  assertMatch(
    await codeOf(model.run(new Uint8Array(7), null, 1)),
    /^inference: onnxruntime failed on cpu/,
  );
});

Deno.test("a model that was lent stays open; one that was opened for the call is released", async () => {
  await using own = await openModel(TINY, "cpu");
  {
    await using lent = await borrowModel({ model: own });
    await lent.run(new Uint8Array(FLIP), null, 1);
  }
  await own.run(new Uint8Array(FLIP), null, 1);

  let kept;
  {
    await using opened = await borrowModel({ model: TINY, device: "cpu" });
    kept = opened;
  }
  assertMatch(
    await codeOf(kept.run(new Uint8Array(FLIP), null, 1)),
    /^inference: /,
  );
  await kept.release();
});
