import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { evaluate } from "../../lib/commands/evaluate.ts";
import { SpitError } from "../../lib/errors.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { evenPlane, lopsidedPlane, TINY } from "../tiny.ts";

/** A folder with frames of which the tiny network calls one a bias and one unknown. */
async function withManifest(
  labels: string,
  act: (manifest: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (
      const [name, plane] of [["even", evenPlane()], [
        "lopsided",
        lopsidedPlane(),
      ]] as const
    ) {
      await Deno.writeFile(
        join(folder, `${name}.fits`),
        encodeFits([{ cards: [], plane }]),
      );
    }
    const manifest = join(folder, "labels.csv");
    await Deno.writeTextFile(manifest, labels);
    await act(manifest);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("evaluate: counts what is right, unknown and unreadable, and names the failures", async () => {
  const labels = "path,label,instrument\n" +
    "even.fits,bias,kast-red\nlopsided.fits,arc,kast-red\ngone.fits,arc,sprat\n";
  await withManifest(labels, async (manifest) => {
    const text = await evaluate(manifest, { model: TINY, device: "cpu" });
    const [title, all] = text.split("\n");
    assertStringIncludes(title!, "on all frames");
    assertStringIncludes(all!, "33.3 % right (1/3;");
    assertStringIncludes(all!, "0 wrong, 1 unknown, 1 unreadable");
    const failures = text.slice(text.indexOf("Not right")).trimEnd().split("\n")
      .slice(1);
    assertEquals(failures.length, 2);
    assertStringIncludes(failures[0]!, "arc -> unknown");
    assertStringIncludes(failures[1]!, "arc -> not_found");
  });
});

Deno.test("evaluate: a side without a frame is an error, not a score of nothing", async () => {
  await withManifest("path,label\n", async (manifest) => {
    const asked = evaluate(manifest, { model: TINY, device: "cpu" });
    await assertRejects(() => asked, SpitError, "no frame");
  });
});

Deno.test("evaluate: the manifest's own split and HDUs are obeyed, as in training", async () => {
  const labels = "path,label,instrument,split,hdu\n" +
    "even.fits,bias,kast-red,train,\neven.fits,bias,kast-red,test,0\neven.fits,bias,kast-red,test,1\n";
  await withManifest(labels, async (manifest) => {
    const options = {
      model: TINY,
      device: "cpu",
      split: "validation",
    } as const;
    const [, all] = (await evaluate(manifest, options)).split("\n");
    assertStringIncludes(all!, "(1/2;");
    assertStringIncludes(all!, "1 unreadable");
  });
});
