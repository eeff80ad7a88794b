import { assertEquals, assertRejects } from "@std/assert";
import { parse } from "csv-parse/sync";
import { dataset } from "../../lib/commands/dataset.ts";
import { SpitError } from "../../lib/errors.ts";
import { evenPlane, fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

const NO_SIMULATION = { simulated: 0, ood: 0, seed: 1 };

/** Writes a dataset of frames with a manifest; returns the split of each frame. */
async function readSplits(
  frames: Readonly<Record<string, Uint8Array>>,
  manifest: string,
): Promise<Record<string, string>> {
  using folder = temporaryFolder();
  for (const [name, bytes] of Object.entries(frames)) {
    Deno.writeFileSync(`${folder.path}/${name}`, bytes);
  }
  Deno.writeTextFileSync(`${folder.path}/labels.csv`, manifest);
  const out = `${folder.path}/out`;
  await dataset(out, {
    ...NO_SIMULATION,
    manifest: `${folder.path}/labels.csv`,
  });
  const rows: Record<string, string>[] = parse(
    Deno.readTextFileSync(`${out}/index.csv`),
    { columns: true },
  );
  return Object.fromEntries(
    rows.map(({ name, split }) => [name!.replace(/^.*\//, ""), split!]),
  );
}

Deno.test("dataset puts duplicates on the side of the first of them", async () => {
  const splits = await readSplits(
    {
      "a.fits": fitsOf([evenPlane()], { OBJECT: "one" }),
      "b.fits": fitsOf([evenPlane()], { OBJECT: "two" }),
      "c.fits": fitsOf([lopsidedPlane()]),
      "d.fits": fitsOf([lopsidedPlane()]),
    },
    "path,label,instrument,night,split\n" +
      "a.fits,bias,kast-red,2020-01-01,train\n" +
      "b.fits,bias,kast-red,2020-01-02,test\n" +
      "c.fits,arc,kast-red,2020-01-02,test\n" +
      "d.fits,arc,kast-red,2020-01-01,train\n",
  );
  assertEquals(splits, {
    "a.fits": "train",
    "b.fits": "train",
    "c.fits": "validation",
    "d.fits": "validation",
  });
});

Deno.test("dataset without frames is an error that names the options", async () => {
  using folder = temporaryFolder();
  const error = await assertRejects(
    () => dataset(`${folder.path}/out`, NO_SIMULATION),
    SpitError,
    "no frames: give --manifest, --simulated or --ood",
  );
  assertEquals(error.code, "usage");
  assertEquals([...Deno.readDirSync(folder.path)], []);
});

Deno.test("dataset writes simulated and out-of-distribution frames", async () => {
  using folder = temporaryFolder();
  const options = { simulated: 2, ood: 1, seed: 1 };
  const count = await dataset(folder.path, { ...options, type: ["bias"] });
  const rows: Record<string, string>[] = parse(
    Deno.readTextFileSync(`${folder.path}/index.csv`),
    { columns: true },
  );
  const labels = rows.map(({ label }) => label);
  assertEquals([count, labels], [3, ["bias", "bias", "other"]]);
});
