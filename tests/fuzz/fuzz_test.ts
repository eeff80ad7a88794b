import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { fuzz } from "./fuzz.ts";
import { damagedFile } from "./mutate.ts";
import { soundFiles } from "./sound_files.ts";

Deno.test("2,000 damaged files end as a type or a typed error, in time and memory", async () => {
  const before = Deno.memoryUsage().rss;
  const { ends, faults, memory } = await fuzz({
    seed: 1,
    first: 0,
    end: 2000,
    real: false,
  });
  assertEquals(faults, []);
  // Damage of every kind was met, and some was survived.
  assert(Object.keys(ends).length >= 12, JSON.stringify(ends));
  assert(ends.typed! > 100 && ends.typed! < 1500, JSON.stringify(ends));
  const grown = (memory - before) / 1e6;
  assert(grown < 600, `${grown} MB more`);
});

Deno.test("a seed gives the same damage again, another seed another", () => {
  const files = soundFiles({ real: false });
  assertEquals(damagedFile(11, files), damagedFile(11, files));
  assertNotEquals(damagedFile(11, files).bytes, damagedFile(12, files).bytes);
});
