import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit } from "./resident_spit.ts";

const ON_TINY = ["--model", TINY, "--device", "cpu"];

function night(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/night`);
  const write = (name: string, bytes: Uint8Array) =>
    Deno.writeFileSync(`${folder.path}/night/${name}`, bytes);
  write("a.fits", fitsOf([evenPlane(), evenPlane()], { OBSTYPE: "BIAS" }));
  write("b.fits", fitsOf([evenPlane()], { OBSTYPE: "ARC" }));
  write("c.fits", new Uint8Array(0));
  return folder;
}

Deno.test("report writes one page with every frame, its input images and its header", async () => {
  using folder = night();
  const { code, out, err } = await spit(
    ["report", ...ON_TINY, "night", "--title", "A <night>"],
    folder.path,
  );
  assertEquals([code, out], [0, ""]);
  assertStringIncludes(err, "3 frames: 2 bias, 1 error; 1 conflict");
  assertStringIncludes(err, "wrote night.html\n");
  const left = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assertEquals(left.sort(), ["night", "night.html"]);
  const page = Deno.readTextFileSync(`${folder.path}/night.html`);
  assertStringIncludes(page, "<title>A &lt;night></title>");
  const blocks = [...page.matchAll(
    /<script type="application\/json" id="d(\d)">(.*?)<\/script>/g,
  )].map(([, id, json]) => ({ id, html: JSON.parse(json!) as string }));
  assertEquals(
    blocks.map(({ id, html }) => [
      id,
      /<h2 id="title">(.*?)<\/h2>/.exec(html)?.[1],
      html.split("<figure>").length - 1,
      html.includes("<summary>Header"),
    ]),
    [
      ["0", "night/a.fits", 2, true],
      ["1", "night/b.fits", 1, true],
      ["2", "night/c.fits", 0, false],
    ],
  );
  assert(!/(?:src|href)="(?!data:)/.test(page), "something is loaded");
});

Deno.test("report: labels replace types; pixels beside it; a page that cannot be written is an error", async () => {
  using folder = night();
  // The folder of the pixels is made for the first frame that has any.
  Deno.renameSync(
    `${folder.path}/night/c.fits`,
    `${folder.path}/night/0.fits`,
  );
  Deno.writeTextFileSync(
    `${folder.path}/labels.csv`,
    "path,label,time\nnight/b.fits,arc,2026-01-02T05:00:00Z\n",
  );
  const args = ["report", ...ON_TINY, "night"];
  await spit(
    [...args, "--full", "--labels", "labels.csv", "-o", "n.html"],
    folder.path,
  );
  const page = Deno.readTextFileSync(`${folder.path}/n.html`);
  const types = [...page.matchAll(/id="f(\d)" data-type="(\w+)"/g)]
    .map(([, id, type]) => `${id} ${type}`).sort();
  assertEquals(types, ["0 error", "1 bias", "2 arc"]);
  const pixels = [...Deno.readDirSync(`${folder.path}/n.pixels`)];
  assertEquals(pixels.map(({ name }) => name).sort(), [
    "1-0.js",
    "1-1.js",
    "2-0.js",
  ]);
  const wrong = await spit([...args, "-o", "absent/n.html"], folder.path);
  assertEquals([wrong.code, wrong.out], [2, ""]);
  assertStringIncludes(wrong.err, "annot write absent/n.html");
});
