import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { classifyFile } from "../../lib/classify/classify_file.ts";
import {
  classifyFiles,
  type ClassifyFilesOptions,
} from "../../lib/classify/classify_files.ts";
import { SpitError } from "../../lib/errors.ts";
import { TINY } from "../tiny.ts";

for (
  const [name, values] of [
    ["workers", [NaN, -1, 0.5, 1.5, 257, Infinity]],
    ["timeout", [NaN, -1, -0.5, Infinity, 2 ** 31]],
  ] as const
) {
  for (const value of values) {
    Deno.test(`${name}: ${value} is refused before the model is opened`, async () => {
      const options = { model: "absent.json", [name]: value };
      const error = await assertRejects(
        () => Array.fromAsync(classifyFiles(["a.fits"], options)),
        SpitError,
      );
      assertEquals(error.code, "usage");
      assertMatch(error.message, new RegExp(`^${name} must be .* not `));
    });
  }
}

Deno.test("minProbability is refused when it is not a probability, before the model is opened", async () => {
  for (const minProbability of [NaN, -0.1, 1.1, 90]) {
    const options = { model: "absent.json", minProbability };
    for (
      const classify of [
        () => classifyFile("a.fits", options),
        () => Array.fromAsync(classifyFiles(["a.fits"], options)),
      ]
    ) {
      const error = await assertRejects(classify, SpitError);
      assertEquals(error.code, "usage");
      assertMatch(error.message, /^minProbability must be .* not /);
    }
  }
});

Deno.test("the smallest values of workers and timeout are accepted", async () => {
  const options = { model: TINY, device: "cpu", workers: 0, timeout: 0 };
  const files = classifyFiles(["a.fits"], options as ClassifyFilesOptions);
  const [verdict] = await Array.fromAsync(files);
  assertEquals(verdict?.error?.code, "not_found");
});

Deno.test("internal options have no effect on the public functions", async () => {
  const { openSync } = Deno;
  let calls = 0;
  Deno.openSync = (...parts) => {
    calls++;
    return openSync(...parts);
  };
  try {
    const options = { model: TINY, device: "cpu", blocking: true, flips: 1 };
    const path = new URL("../tiny.ts", import.meta.url).pathname;
    const files = classifyFiles([path], options as ClassifyFilesOptions);
    const [verdict] = await Array.fromAsync(files);
    assertEquals([verdict?.error?.code, calls], ["not_fits", 0]);
  } finally {
    Deno.openSync = openSync;
  }
});
