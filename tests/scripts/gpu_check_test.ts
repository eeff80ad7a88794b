import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { SpitError } from "../../lib/errors.ts";
import { openModel } from "../../lib/model/open_model.ts";
import { bottleneckOf } from "../../scripts/gpu/end_to_end.ts";
import { parseOptions } from "../../scripts/gpu/options.ts";
import { compareOutputs } from "../../scripts/gpu/parity.ts";
import { batchRates, bestRate } from "../../scripts/gpu/rates.ts";
import {
  FLIP,
  sampleFlips,
  someFlips,
} from "../../scripts/gpu/sample_views.ts";
import { ratioOf, showNetwork } from "../../scripts/gpu/show.ts";
import { torchRates } from "../../scripts/gpu/torch_rates.ts";
import { TINY } from "../tiny.ts";

Deno.test("flips go round: after the last comes the first", () => {
  const sample = sampleFlips(1);
  assertEquals([sample.count, sample.pixels.length], [4, 4 * FLIP]);
  const some = someFlips(sample, 3, 2);
  assertEquals(
    some.pixels.subarray(FLIP),
    sample.pixels.subarray(0, FLIP),
  );
  assertEquals(
    some.pixels.subarray(0, FLIP),
    sample.pixels.subarray(3 * FLIP),
  );
});

Deno.test("a device that says the same passes, one that is off by little or says another type does not", async () => {
  await using model = await openModel(TINY, "cpu");
  const sample = sampleFlips(2);
  const same = await compareOutputs(model, model, sample);
  assertEquals(same, { flips: 8, otherType: 0, worst: 0, holds: true });

  const changed = (change: (probabilities: Float32Array) => void) => ({
    ...model,
    async run(...input: Parameters<typeof model.run>) {
      const output = await model.run(...input);
      change(output.probabilities);
      return output;
    },
  });
  const off = changed((p) => p[5] = p[5]! + 0.002);
  const little = await compareOutputs(off, model, sample);
  assertEquals([little.otherType, little.holds], [0, false]);
  const reversed = changed((p) => p.subarray(0, 6).reverse());
  const other = await compareOutputs(reversed, model, sample);
  assertEquals([other.otherType, other.holds], [1, false]);
  const broken = changed((p) => p[0] = NaN);
  assertEquals((await compareOutputs(broken, model, sample)).worst, Infinity);
});

Deno.test("a batch that fails has its reason, and the others their rates", async () => {
  await using model = await openModel(TINY, "cpu");
  const small: typeof model = {
    ...model,
    run(flips, features, count) {
      if (count > 1) throw new SpitError("inference", "too little memory");
      return model.run(flips, features, count);
    },
  };
  const [one, two] = await batchRates(small, sampleFlips(1), [1, 2], 0);
  assertEquals(one!.rate! > 0, true);
  assertEquals(two, { batch: 2, rate: null, fault: "too little memory" });
});

Deno.test("the best of ours is set against the best of PyTorch's", () => {
  const rates = [{ batch: 1, rate: 100 }, { batch: 4, rate: 180 }, {
    batch: 16,
    rate: null,
    fault: "too little memory",
  }];
  const torch = [
    { batch: 1, layout: "contiguous", compiled: false, host: 90, device: 500 },
    {
      batch: 4,
      layout: "channels_last",
      compiled: false,
      host: 200,
      device: 600,
    },
    {
      batch: 16,
      layout: "contiguous",
      compiled: false,
      fault: "out of memory",
    },
  ];
  assertEquals(bestRate(rates), { batch: 4, rate: 180 });
  assertEquals(ratioOf({ rates, torch }), 0.9);
  assertEquals(ratioOf({ rates, torch: [] }), null);
  const text = showNetwork({
    network: "tiny@1.0.0",
    parity: { flips: 8, otherType: 1, worst: 0.5, holds: false },
    rates,
    torch,
    endToEnd: null,
  });
  assertStringIncludes(text, "NOT as on the processor: 1 of 8 flips");
  assertStringIncludes(text, "best against best: 90 %; target 90 %: reached");
  assertMatch(text, /16 +- +- +- +- +too little memory/);
});

Deno.test("the bottleneck is what most of the time is spent on", () => {
  const idle = { wall: 10, inRun: 1, processor: 10, reading: 1 };
  assertEquals(bottleneckOf({ ...idle, inRun: 8 }, 4), "inference");
  assertMatch(bottleneckOf({ ...idle, processor: 36 }, 4), /^preprocessing/);
  assertMatch(bottleneckOf({ ...idle, reading: 9 }, 4), /^reading/);
  assertMatch(bottleneckOf(idle, 4), /^none alone/);
});

Deno.test("without a PyTorch the reason is said", async () => {
  const options = await parseOptions(["--python", "/no/such/python"]);
  const { fault } = await torchRates(options) as { fault: string };
  assertMatch(fault, /\/no\/such\/python/);
});

Deno.test("without CUDA the check ends with 2 and one line; with it, it compares", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      fileURLToPath(new URL("../../scripts/gpu_check.ts", import.meta.url)),
      ..."--no-torch --night 0 --frames 1 --batches 1 --seconds 0".split(" "),
    ],
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (code === 2) {
    assertMatch(decode(stderr), /^the device cuda does not work here: .*$/);
    assertEquals(decode(stdout), "");
  } else {
    assertStringIncludes(decode(stdout), "on the processor");
  }
});
