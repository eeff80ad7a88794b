import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  findFrames,
  type FindOptions,
  isFitsName,
  listFrames,
} from "../../lib/io/find_frames.ts";
import { SpitError } from "../../lib/errors.ts";
import { temporaryFolder } from "../tiny.ts";

async function find(
  folder: string,
  names: readonly string[],
  options: FindOptions = {},
) {
  const notices: string[] = [];
  const paths = await Array.fromAsync(
    findFrames(
      names.map((name) => `${folder}/${name}`),
      (notice) => notices.push(notice),
      options,
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
  name: "findFrames() follows links within the folders given, but not loops",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    touch(folder.path, "n/a.fits", "n/in/b.fits", "m/c.fits", "m2/d.fits");
    const link = (to: string, name: string) =>
      Deno.symlinkSync(to, `${folder.path}/n/${name}`);
    link(".", "self");
    link("a.fits", "link.fits");
    link("in", "in2");
    link("nowhere", "dangling.fits");
    link("itself.fits", "itself.fits");
    link("../m", "m");
    link("../m2/d.fits", "out.fits");
    Deno.symlinkSync("n", `${folder.path}/night`);
    const within = [
      ...["n/a.fits", "n/dangling.fits", "n/in/b.fits"],
      ...["n/itself.fits", "n/link.fits"],
    ];
    assertEquals(await find(folder.path, ["n"]), {
      paths: within,
      notices: [
        "2 links lead out of the folders given: not followed without --follow-links " +
        `(${folder.path}/n/m, ${folder.path}/n/out.fits)`,
      ],
    });
    // A name on the command line may itself be a link.
    assertEquals(
      (await find(folder.path, ["night"])).paths,
      within.map((path) => path.replace("n/", "night/")),
    );
    assertEquals((await find(folder.path, ["n/out.fits"])).paths, [
      "n/out.fits",
    ]);
    // So may one in a list.
    const list = `${folder.path}/list`;
    Deno.writeTextFileSync(list, `${folder.path}/n/out.fits\n`);
    assertEquals(await Array.fromAsync(findFrames([`@${list}`], () => {})), [
      `${folder.path}/n/out.fits`,
    ]);
    const both = await find(folder.path, ["n", "m"]);
    assertEquals(both.paths.includes("n/m/c.fits"), true);
    assertEquals(both.paths.includes("n/out.fits"), false);
    // m2 is not below m.
    assertEquals(both.notices.length, 1);
    const all = await find(folder.path, ["n"], { followLinks: true });
    assertEquals(
      all.paths.filter((path) => !within.includes(path)),
      ["n/m/c.fits", "n/out.fits"],
    );
    assertEquals(all.notices, []);
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
    "a.fits.Z",
    "a.fits.zst",
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

/** Creates files from names that a shell's `printf` expands. */
async function touchBytes(folder: string, ...names: string[]): Promise<void> {
  const line =
    'cd "$0" && for name; do printf SIMPLE > "$(printf "$name")"; done';
  const { success } = await new Deno.Command("sh", {
    args: ["-c", line, folder, ...names],
  }).output();
  assertEquals(success, true);
}

Deno.test({
  name: "findFrames() keeps file names apart that are not UTF-8",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = temporaryFolder();
    const all = `${folder.path}/n`;
    Deno.mkdirSync(all);
    await touchBytes(
      all,
      ...["r\\377.fits", "r\\376.fits", "r\\357\\277\\275.fits"],
      ...["q\\377.fits", "q\\376.fits", "q\\376.txt", "a.fits"],
    );
    const { paths } = await find(folder.path, ["n"]);
    assertEquals(paths, [
      "n/a.fits",
      ...["n/q\ufffd.fits", "n/q\ufffd.fits (2)"],
      ...["n/r\ufffd.fits", "n/r\ufffd.fits (2)", "n/r\ufffd.fits (3)"],
    ]);
    const readable = paths.filter((path) => {
      try {
        return Deno.statSync(`${folder.path}/${path}`).isFile;
      } catch {
        return false;
      }
    });
    // The one whose name is UTF-8.
    assertEquals(readable, ["n/a.fits", "n/r\ufffd.fits"]);
    // Arguments of a glob.
    const glob = ["n/r\ufffd.fits", "n/r\ufffd.fits", "n/r\ufffd.fits"];
    assertEquals(
      (await find(folder.path, glob)).paths,
      paths.filter((path) => path.includes("r")),
    );
    // One argument can be any of the three files.
    assertEquals((await find(folder.path, glob.slice(0, 1))).paths, [
      "n/r\ufffd.fits (2)",
    ]);
    Deno.writeFileSync(
      `${folder.path}/list`,
      Uint8Array.from([
        ...new TextEncoder().encode(`${all}/r`),
        ...[0xff, ...new TextEncoder().encode(".fits\t6\n")],
        ...new TextEncoder().encode(`${all}/r\ufffd.fits\n`),
      ]),
    );
    assertEquals(
      await Array.fromAsync(listFrames([`@${folder.path}/list`], () => {})),
      [{ path: `${all}/r\ufffd.fits (2)`, size: 6 }, {
        path: `${all}/r\ufffd.fits`,
      }],
    );
  },
});

Deno.test({
  name: "findFrames() keeps folder names apart that are not UTF-8",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = temporaryFolder();
    const line =
      'cd "$0" && for name in "\\377" "\\376" "\\357\\277\\275"; do ' +
      'mkdir -p "n/$(printf "d$name")" && : > "n/$(printf "d$name")/x.fits"; done';
    await new Deno.Command("sh", { args: ["-c", line, folder.path] }).output();
    assertEquals((await find(folder.path, ["n"])).paths, [
      "n/d\ufffd/x.fits",
      "n/d\ufffd (2)",
      "n/d\ufffd (3)",
    ]);
  },
});

Deno.test("listFrames() reads the size after a path with any character", async () => {
  using folder = temporaryFolder();
  const list = `${folder.path}/list`;
  const names = ["a\r.fits", "b\u2028.fits", "c\u2028", "d\u0085", " e\t.fits"];
  Deno.writeTextFileSync(list, names.map((name) => `${name}\t12\n`).join(""));
  assertEquals(
    await Array.fromAsync(listFrames([`@${list}`], () => {})),
    names.map((path) => ({ path, size: 12 })),
  );
  Deno.writeTextFileSync(
    list,
    "\ufeff# a list of a DOS editor\r\n\t a.fits \r\nb.fits\t7\r\n c\u2028",
  );
  assertEquals(await Array.fromAsync(listFrames([`@${list}`], () => {})), [
    { path: "a.fits" },
    { path: "b.fits", size: 7 },
    { path: "c\u2028" },
  ]);
});

Deno.test("listFrames() refuses a file that is not a list", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/r1.fits`;
  Deno.writeFileSync(path, new Uint8Array(1e6).fill(0x20));
  const error = await assertRejects(
    () => Array.fromAsync(listFrames([`@${path}`], () => {})),
    SpitError,
    "a line has more than 65536 bytes",
  );
  assertEquals(error.code, "usage");
  if (Deno.build.os !== "linux") return;
  await assertRejects(
    () => Array.fromAsync(findFrames(["@/dev/zero"], () => {})),
    SpitError,
    "a line has more than 65536 bytes",
  );
});

Deno.test("listFrames() refuses a frame or other binary data as a list", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/r1.fits`;
  const card = "SIMPLE  =                    T".padEnd(80);
  for (
    const [text, message] of [
      [`${card}\n${card}\n`, /cannot read the list .*: it is a frame/],
      ["a.fits\nb\0.fits\n", /cannot read the list .*: line 2 has a zero byte/],
      ["a.fits\0b.fits", /cannot read the list .*: line 1 has a zero byte/],
    ] as const
  ) {
    Deno.writeTextFileSync(path, text);
    const error = await assertRejects(
      () => Array.fromAsync(listFrames([`@${path}`], () => {})),
      SpitError,
    );
    assertEquals(error.code, "usage");
    assertMatch(error.message, message);
  }
});

Deno.test("findFrames() counts files that are skipped for their names, and names them on request", async () => {
  using folder = temporaryFolder();
  touch(
    folder.path,
    ...["n/a.fits", "n/b.fits.xz", "n/c.fits.XZ", "n/sub/d.imh", "n/e"],
    ...["n/labels.csv", "n/README", "n/.hidden.zip"],
  );
  const { notices } = await find(folder.path, ["n"]);
  assertEquals(notices, [
    "4 files are skipped for their names: 1 .xz, 1 .XZ, 1 without an extension, 1 .imh (-v names them); " +
    "unpack compressed frames, and name other frames one by one",
  ]);
  const verbose = await find(folder.path, ["n"], { verbose: true });
  assertEquals(
    verbose.notices.slice(1),
    ["b.fits.xz", "c.fits.XZ", "e", "sub/d.imh"]
      .map((name) => `skipped: ${folder.path}/n/${name}`),
  );
});

Deno.test("findFrames() reports paths that do not exist", async () => {
  using folder = temporaryFolder();
  touch(folder.path, "n/a.fits");
  Deno.symlinkSync("nowhere", `${folder.path}/n/b.fits`);
  const missing: string[] = [];
  const { paths } = await find(folder.path, ["n", "absent"], {
    onMissing: (path) => missing.push(path),
  });
  assertEquals(paths, ["n/a.fits", "n/b.fits", "absent"]);
  assertEquals(missing, [`${folder.path}/absent`]);
});
