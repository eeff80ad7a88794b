import { assertEquals, assertRejects } from "@std/assert";
import {
  findFrames,
  isFitsName,
  listFrames,
} from "../../lib/io/find_frames.ts";
import { SpitError } from "../../lib/errors.ts";
import { temporaryFolder } from "../tiny.ts";

async function find(folder: string, names: readonly string[]) {
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

Deno.test("findFrames() returns the FITS files of a folder recursively, sorted by name", async () => {
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
  assertEquals(await find(folder.path, ["n"]), {
    paths: ["n/b/r1.fts", "n/c.fits.fz", "n/r10.FIT.gz", "n/r2.fits"],
    notices: [],
  });
});

Deno.test("findFrames() returns named files in their order, whatever their name, also missing ones", async () => {
  using folder = temporaryFolder();
  touch(folder.path, "z.dat", "n/a.fits");
  assertEquals(
    (await find(folder.path, ["z.dat", "n/", "absent", "z.dat"])).paths,
    ["z.dat", "n/a.fits", "absent", "z.dat"],
  );
});

Deno.test("findFrames() reports a folder without frames", async () => {
  using folder = temporaryFolder();
  touch(folder.path, "n/notes.txt");
  const { paths, notices } = await find(folder.path, ["n"]);
  assertEquals(paths, []);
  assertEquals([
    notices.length,
    notices[0]!.startsWith(`no frames in ${folder.path}/n`),
  ], [1, true]);
});

Deno.test({
  name: "findFrames() follows links, but not loops",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    touch(folder.path, "n/a.fits", "elsewhere/b.fits");
    Deno.symlinkSync("..", `${folder.path}/n/up`);
    Deno.symlinkSync(".", `${folder.path}/n/self`);
    Deno.symlinkSync("../elsewhere/b.fits", `${folder.path}/n/link.fits`);
    Deno.symlinkSync("nowhere", `${folder.path}/n/dangling.fits`);
    assertEquals((await find(folder.path, ["n"])).paths, [
      "n/a.fits",
      "n/dangling.fits",
      "n/link.fits",
      "n/up/elsewhere/b.fits",
    ]);
  },
});

Deno.test("findFrames() reads a list of paths", async () => {
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

Deno.test("isFitsName() recognizes extensions with and without compression, in any case", () => {
  const names = [
    "a.fits",
    "a.FIT",
    "a.fts",
    "a.fits.gz",
    "A.FITS.BZ2",
    "a.fits.fz",
    "a.fits.fz.gz",
    "dir.x/a.Fit.Gz",
  ];
  assertEquals(names.filter((name) => !isFitsName(name)), []);
  const others = [
    "fits",
    "a.fits.txt",
    "a.gz",
    "a.fz",
    "fits.tar.gz",
    "a.fitsx",
    "a.fits.asdf",
  ];
  assertEquals(others.filter(isFitsName), []);
});

Deno.test("listFrames() returns the sizes that a list states, without looking at the files", async () => {
  using folder = temporaryFolder();
  const list = `${folder.path}/list`;
  Deno.writeTextFileSync(list, "/none/a.fits\t2880\n/none/b.fits\n");
  assertEquals(await Array.fromAsync(listFrames([`@${list}`], () => {})), [
    { path: "/none/a.fits", size: 2880 },
    { path: "/none/b.fits" },
  ]);
});

Deno.test("findFrames() returns URLs as they are", async () => {
  const url = "https://example.org/r1.fits?token=1";
  assertEquals(await Array.fromAsync(findFrames([url], () => {})), [url]);
});
