import { assertEquals, assertStringIncludes } from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit } from "./resident_spit.ts";

const OPTIONS = ["--model", TINY, "--device=cpu"];

/** A folder with two biases in `one` and `two`, and a file that calls the second an arc. */
function makeFolder(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  const { path } = folder;
  for (const name of ["one", "two"]) {
    Deno.mkdirSync(`${path}/${name}`);
    Deno.writeFileSync(
      `${path}/${name}/${name}.fits`,
      fitsOf([evenPlane()], { OBSTYPE: "BIAS" }),
    );
  }
  Deno.writeTextFileSync(
    `${path}/a.pypeit`,
    [
      ...["[rdx]", "    spectrograph = shane_kast_red", "data read"],
      ...[` path ${path}/one`, ` path ${path}/two`],
      ...["filename | frametype", "one.fits |      bias"],
      ...["two.fits |  arc,tilt", "six.fits |      bias"],
      ...["bad.fits | bias | 0", "data end", ""],
    ].join("\n"),
  );
  return folder;
}

Deno.test("pypeit writes a corrected copy beside the file, and prints the changes", async () => {
  using folder = makeFolder();
  const original = Deno.readTextFileSync(`${folder.path}/a.pypeit`);
  const run = (...args: readonly string[]) =>
    spit(["pypeit", "a.pypeit", ...OPTIONS, ...args], folder.path);
  const { code, out, err } = await run();
  assertEquals(code, 0);
  const [changed = "", missing = "", ...rest] = out.split("\n");
  assertEquals(
    changed,
    "two.fits: arc,tilt -> bias. bias: the pixels show no light; " +
      "the header says bias (OBSTYPE=BIAS)",
  );
  assertStringIncludes(missing, "six.fits: not used. error: ");
  assertEquals(rest, [""]);
  assertEquals(
    err,
    "a.pypeit, line 10: PypeIt ignores it, because it has not as many bars as the heading\n" +
      "tiny@1.0.0 on cpu\n" +
      "wrote a_spit.pypeit: 2 of 3 frames changed\n",
  );
  assertEquals(Deno.readTextFileSync(`${folder.path}/a.pypeit`), original);
  const copy = Deno.readTextFileSync(`${folder.path}/a_spit.pypeit`);
  const [heading = "", ...lines] = copy.split("\n");
  assertStringIncludes(heading, "# corrected by spit with tiny@1.0.0, 2");
  assertEquals(
    lines.slice(6, 11),
    [
      "one.fits |      bias",
      `# spit: ${changed.slice("two.fits: ".length)}`,
      "two.fits |      bias",
      `# spit: ${missing.slice("six.fits: ".length)}`,
      "# six.fits |      bias",
    ],
  );

  const again = await run();
  assertEquals([again.code, again.out], [2, ""]);
  assertStringIncludes(again.err, "a_spit.pypeit exists; use --overwrite");
  const strict = await run("--overwrite", "--strict", "-q");
  assertEquals([strict.code, strict.err], [1, ""]);
});

Deno.test("pypeit refuses a file whose frames do not exist, and one that is absent", async () => {
  using folder = makeFolder();
  Deno.removeSync(`${folder.path}/one`, { recursive: true });
  Deno.removeSync(`${folder.path}/two`, { recursive: true });
  const moved = await spit(["pypeit", "a.pypeit", ...OPTIONS], folder.path);
  assertEquals([moved.code, moved.out], [2, ""]);
  assertStringIncludes(moved.err, "correct its path lines (the first frame");
  const absent = await spit(["pypeit", "b.pypeit", ...OPTIONS], folder.path);
  assertEquals(absent.code, 2);
  assertStringIncludes(
    absent.err,
    "error: cannot read the frames in b.pypeit: ",
  );
});
