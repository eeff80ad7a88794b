import { assertEquals, assertRejects } from "@std/assert";
import { findFrames } from "../../lib/io/find_frames.ts";
import { SpitError } from "../../lib/errors.ts";
import { temporaryFolder } from "../tiny.ts";

async function found(folder: string, names: readonly string[]) {
  const notices: string[] = [];
  const paths = await Array.fromAsync(
    findFrames(
      names.map((name) => `${folder}/${name}`),
      (notice) => notices.push(notice),
    ),
  );
  return {
    paths: paths.map((path) => path.replace(`${folder}/`, "")),
    notices,
  };
}

function touch(folder: string, ...names: string[]): void {
  for (const name of names) {
    Deno.mkdirSync(`${folder}/${name}`.replace(/\/[^/]*$/, ""), {
      recursive: true,
    });
    Deno.writeTextFileSync(`${folder}/${name}`, "");
  }
}

Deno.test("folders give what looks like FITS, recursively, by name", async () => {
  using folder = temporaryFolder();
  touch(
    folder.path,
    "n/r2.fits",
    "n/r10.FIT.gz",
    "n/b/r1.fts",
    "n/notes.txt",
    "n/.hidden.fits",
    "n/.git/r.fits",
    "n/c.fits.fz",
  );
  assertEquals(await found(folder.path, ["n"]), {
    paths: ["n/b/r1.fts", "n/c.fits.fz", "n/r10.FIT.gz", "n/r2.fits"],
    notices: [],
  });
});

Deno.test("a named file is taken whatever its name, in the order given, also when absent", async () => {
  using folder = temporaryFolder();
  touch(folder.path, "z.dat", "n/a.fits");
  assertEquals(
    (await found(folder.path, ["z.dat", "n/", "absent", "z.dat"])).paths,
    ["z.dat", "n/a.fits", "absent", "z.dat"],
  );
});

Deno.test("a folder without frames is told of", async () => {
  using folder = temporaryFolder();
  touch(folder.path, "n/notes.txt");
  const { paths, notices } = await found(folder.path, ["n"]);
  assertEquals(paths, []);
  assertEquals([
    notices.length,
    notices[0]!.startsWith(`no frames in ${folder.path}/n`),
  ], [1, true]);
});

Deno.test({
  name: "links are followed, loops are not",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    touch(folder.path, "n/a.fits", "elsewhere/b.fits");
    Deno.symlinkSync("..", `${folder.path}/n/up`);
    Deno.symlinkSync(".", `${folder.path}/n/self`);
    Deno.symlinkSync("../elsewhere/b.fits", `${folder.path}/n/link.fits`);
    Deno.symlinkSync("nowhere", `${folder.path}/n/dangling.fits`);
    assertEquals((await found(folder.path, ["n"])).paths, [
      "n/a.fits",
      "n/dangling.fits",
      "n/link.fits",
      "n/up/elsewhere/b.fits",
    ]);
  },
});

Deno.test("a list names paths, one a line", async () => {
  using folder = temporaryFolder();
  touch(folder.path, "n/a.fits");
  Deno.writeTextFileSync(
    `${folder.path}/list`,
    `# the good ones\n${folder.path}/n\n\n${folder.path}/b.fits\r\n`,
  );
  const paths = await Array.fromAsync(
    findFrames([`@${folder.path}/list`], () => {}),
  );
  assertEquals(paths, [`${folder.path}/n/a.fits`, `${folder.path}/b.fits`]);
  const error = await assertRejects(
    () => Array.fromAsync(findFrames([`@${folder.path}/absent`], () => {})),
    SpitError,
  );
  assertEquals(error.code, "usage");
});
