import { assertEquals } from "@std/assert";
import { join } from "../lib/io/path.ts";
import { encodeFits } from "../lib/fits/write_fits.ts";
import { evenPlane, TINY } from "./tiny.ts";

Deno.test("mod: a script outside this checkout, with no import map, classifies a file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const frame = join(folder, "even.fits");
    await Deno.writeFile(
      frame,
      encodeFits([{ cards: [], plane: evenPlane() }]),
    );
    const script = join(folder, "script.ts");
    await Deno.writeTextFile(
      script,
      `import { classifyFile } from ${
        JSON.stringify(new URL("../mod.ts", import.meta.url).href)
      };
       const options = { model: ${
        JSON.stringify(TINY)
      }, device: "cpu" } as const;
       console.log((await classifyFile(${
        JSON.stringify(frame)
      }, options)).type);`,
    );
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", script],
      cwd: folder,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals([text(stdout), text(stderr)], ["bias\n", ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
