import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "../../lib/std.ts";
import { simulate } from "../../lib/commands/simulate.ts";
import { SpitError } from "../../lib/errors.ts";
import { cardString } from "../../lib/fits/header.ts";
import { openFits } from "../../lib/fits/open_fits.ts";
import { OOD_KINDS } from "../../lib/simulate/ood/simulate_ood_frame.ts";
import { parseManifest } from "../../lib/evaluation/manifest.ts";

const NIGHT = { seed: 2, count: 3, instrument: "kast-red", quiet: true };

Deno.test("simulate writes readable frames and a manifest, and can be repeated", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = await simulate(folder, { ...NIGHT, gzip: true });
    assertEquals(await simulate(folder, { ...NIGHT, gzip: true }), paths);
    const labels = parseManifest(
      await Deno.readTextFile(join(folder, "labels.csv")),
      folder,
    );
    assertEquals(labels.map((frame) => frame.path), paths);
    using file = await openFits(paths[0]!);
    const { header, width, height } = await file.readFrame(0);
    assertEquals(cardString(header, "INSTRUME"), "kast-red");
    assertEquals([width, height], [250, 1232]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("simulate replaces no existing file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const mine = join(folder, "r0001.fits");
    await Deno.writeTextFile(mine, "a night's work");
    await assertRejects(
      () => simulate(folder, NIGHT),
      SpitError,
      "choose an empty folder",
    );
    assertEquals(await Deno.readTextFile(mine), "a night's work");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("simulate lists the instruments when given an unknown one", async () => {
  const asked = simulate("nowhere", { ...NIGHT, instrument: "hubble" });
  await assertRejects(() => asked, SpitError, "kast-blue, kast-red");
});

Deno.test("simulate --ood writes each kind in turn, labelled other", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await simulate(folder, {
      seed: 1,
      count: OOD_KINDS.length,
      ood: true,
      quiet: true,
    });
    const labels = parseManifest(
      await Deno.readTextFile(join(folder, "labels.csv")),
      folder,
    );
    assertEquals(labels.map(({ instrument }) => instrument), [
      ...OOD_KINDS,
    ]);
    assert(labels.every(({ label }) => label === "other"));
    assert(labels.every(({ split }) => split === "test"));
    using file = await openFits(labels[0]!.path);
    assert((await file.readFrame(0)).pixels.length > 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
