/** Pixels that a script read with fitsjs, as docs/module.md shows it. */
import { assert, assertEquals } from "@std/assert";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { classifyFile, classifyFrame, openModel } from "../../mod.ts";
import { temporaryFolder } from "../tiny.ts";
import { readWithFitsJs } from "./read_with_fitsjs.ts";

Deno.test("pixels that fitsjs read are classified as the file is", async () => {
  await using model = await openModel("spit-compact", "cpu");
  using folder = temporaryFolder();
  for (const ArrayType of [Uint16Array, Int32Array, Float32Array]) {
    const { plane } = simulateFrame({ seed: 7, type: "arc" });
    const pixels = ArrayType.from(plane.pixels);
    const bytes = encodeFits([{ cards: [], plane: { ...plane, pixels } }]);
    const frame = await readWithFitsJs(new Blob([bytes.slice()]));
    assertEquals(frame.pixels, Float32Array.from(pixels));

    const path = `${folder.path}/arc.fits`;
    await Deno.writeFile(path, bytes);
    const verdict = await classifyFile(path, { model });
    const { reason, ...pixelVerdict } = await classifyFrame(frame, { model });
    assertEquals(verdict.type, "arc");
    assertEquals([reason, pixelVerdict], [verdict.reason, verdict.pixels]);
  }
});

Deno.test("docs/module.md shows the tested function", async () => {
  const read = (path: string) =>
    Deno.readTextFile(new URL(path, import.meta.url));
  const [, code] = (await read("./read_with_fitsjs.ts")).split(
    'import type { Plane } from "../../mod.ts";\n',
  );
  const page = await read("../../docs/module.md");
  assert(page.includes(code!.replace("export async", "async").trim()));
});
