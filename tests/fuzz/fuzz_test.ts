import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { FuzzReport } from "./fuzz.ts";
import { damageFile } from "./mutate.ts";
import { readValidFiles } from "./valid_files.ts";

Deno.test("2,000 damaged files give a type or a SpitError, in limited time and memory", async () => {
  // In a process of its own, whose memory no other test fills.
  const script = `
    import { fuzz } from "${new URL("./fuzz.ts", import.meta.url)}";
    const before = Deno.memoryUsage().rss;
    const cases = { seed: 1, first: 0, end: 2000, real: false };
    console.log(JSON.stringify({ before, ...await fuzz(cases) }));
    Deno.exit();
  `;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", script],
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  assert(out !== "", err);
  const report: FuzzReport & { readonly before: number } = JSON.parse(out!);
  const { statuses, failures, memory, before } = report;
  assertEquals(failures, []);
  // The damage causes many kinds of errors, but some files can still be read.
  const text = JSON.stringify(statuses);
  assert(Object.keys(statuses).length >= 12, text);
  assert(statuses.classified! > 100 && statuses.classified! < 1500, text);
  const growth = (memory - before) / 1e6;
  assert(growth < 600, `${growth} MB`);
});

Deno.test("the damage depends only on the seed and the files", () => {
  const files = readValidFiles({ real: false });
  assertEquals(damageFile(11, files), damageFile(11, files));
  assertNotEquals(damageFile(11, files).bytes, damageFile(12, files).bytes);
});
