import { assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { SpitError } from "../../lib/errors.ts";
import { openModel } from "../../lib/model/open_model.ts";
import {
  compareModels,
  measureRates,
  simulateBatch,
  sliceBatch,
} from "../../scripts/gpu_check.ts";
import { TINY } from "../tiny.ts";

const FLIP = 210 * 650;

Deno.test("sliceBatch() starts over after the last flip", () => {
  const sample = simulateBatch(1);
  assertEquals([sample.count, sample.pixels.length], [4, 4 * FLIP]);
  const { pixels } = sliceBatch(sample, 3, 2);
  assertEquals(pixels.subarray(0, FLIP), sample.pixels.subarray(3 * FLIP));
  assertEquals(pixels.subarray(FLIP), sample.pixels.subarray(0, FLIP));
});

Deno.test("compareModels() passes equal outputs, and fails other values, other types and NaN", async () => {
  await using model = await openModel(TINY, "cpu");
  const sample = simulateBatch(2);
  assertEquals(await compareModels(model, model, sample), {
    flips: 8,
    otherType: 0,
    maxDifference: 0,
    passed: true,
  });

  const withChange = (change: (probabilities: Float32Array) => void) => ({
    ...model,
    async run(...input: Parameters<typeof model.run>) {
      const output = await model.run(...input);
      change(output.probabilities);
      return output;
    },
  });
  const shifted = withChange((p) => p[5] = p[5]! + 0.002);
  const parity = await compareModels(shifted, model, sample);
  assertEquals([parity.otherType, parity.passed], [0, false]);
  const reversed = withChange((p) => p.reverse());
  const other = await compareModels(reversed, model, sample);
  assertEquals([other.otherType > 0, other.passed], [true, false]);
  const broken = withChange((p) => p[0] = NaN);
  const { maxDifference } = await compareModels(broken, model, sample);
  assertEquals(maxDifference, Infinity);
});

Deno.test("measureRates() reports the error of a batch that fails, and the rates of the others", async () => {
  await using model = await openModel(TINY, "cpu");
  const small: typeof model = {
    ...model,
    run(flips, features, count) {
      if (count > 1) throw new SpitError("inference", "too little memory");
      return model.run(flips, features, count);
    },
  };
  const [one, two] = await measureRates(small, simulateBatch(1), [1, 2], 0);
  assertEquals(one!.rate! > 0, true);
  assertEquals(two, { batch: 2, rate: null, error: "too little memory" });
});

Deno.test("gpu_check compares the CPU with itself, and exits with 2 where CUDA does not work", async () => {
  const run = async (device: string) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "-A",
        fileURLToPath(new URL("../../scripts/gpu_check.ts", import.meta.url)),
        ...["--device", device, "--model", TINY],
        ..."--frames 1 --batches 1 --seconds 0".split(" "),
      ],
      // Without SPIT_ORT_LIBS there is no CUDA provider.
      env: { SPIT_ORT_LIBS: "" },
    }).output();
    const text = new TextDecoder().decode(code === 0 ? stdout : stderr);
    return `${code}: ${text.trim()}`;
  };
  assertMatch(
    await run("cpu"),
    /^0: tiny@1\.0\.0: agrees with the CPU: 0 of 4/,
  );
  assertMatch(await run("cuda"), /^2: the device cuda does not work here: .*$/);
});
