import { assert, assertEquals } from "@std/assert";
import { spit } from "../commands/resident_spit.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const OPTIONS = ["--model", TINY, "--device", "cpu", "--workers", "0", "-q"];

const EMPTY = new Uint8Array();

/** Classifies paths and returns the file and error code of each row. */
async function classifyPaths(folder: string, ...paths: readonly string[]) {
  const { code, out, err } = await spit(
    ["--format", "ndjson", ...OPTIONS, ...paths],
    folder,
  );
  assertEquals([code, err], [0, ""]);
  return out.trimEnd().split("\n").map((line) => {
    const { file, error } = JSON.parse(line);
    return [file, error?.code ?? null];
  });
}

Deno.test({
  name: "circular links, pipes, sockets and devices get a row with an error",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    const frame = fitsOf([evenPlane()]);
    await Deno.mkdir(at("night/in"), { recursive: true });
    await Deno.writeFile(at("night/in/r1.fits"), frame);
    await Deno.writeFile(at("elsewhere.fits"), frame);
    const links: [to: string, name: string][] = [
      ["..", "night/in/up"],
      [".", "night/self"],
      ["b.fits", "night/a.fits"],
      ["a.fits", "night/b.fits"],
      ["itself.fits", "night/itself.fits"],
      ["/nowhere.fits", "night/gone.fits"],
      ["../elsewhere.fits", "night/out.fits"],
      ["/dev/zero", "night/zero.fits"],
    ];
    for (const [to, name] of links) await Deno.symlink(to, at(name));
    const { success } = await new Deno.Command("mkfifo", {
      args: [at("night/pipe.fits")],
    }).output();
    assert(success);
    using _ = Deno.listen({ transport: "unix", path: at("night/socket.fits") });

    assertEquals(await classifyPaths(folder.path, "night"), [
      ["night/a.fits", "io"],
      ["night/b.fits", "io"],
      ["night/gone.fits", "not_found"],
      ["night/in/r1.fits", null],
      ["night/itself.fits", "io"],
      ["night/pipe.fits", "io"],
      ["night/socket.fits", "io"],
    ]);
    // Links out of the folder are followed only on request.
    const followed = await classifyPaths(
      folder.path,
      "--follow-links",
      "night",
    );
    const added = followed.filter(([path]) => /out|zero/.test(path));
    assertEquals(added, [["night/out.fits", null], ["night/zero.fits", "io"]]);
  },
});

Deno.test({
  name: "no command follows a link out of the folder given unless told to",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    const frame = fitsOf([evenPlane()]);
    await Deno.mkdir(at("night"));
    await Deno.mkdir(at("private"));
    await Deno.writeFile(at("night/r1.fits"), frame);
    await Deno.writeFile(at("private/r2.fits"), frame);
    await Deno.symlink("../private", at("night/all"));
    await Deno.symlink("../private/r2.fits", at("night/one.fits"));
    const model = OPTIONS.slice(0, -1);
    for (
      const [command, ...args] of [
        ["classify", "night", ...model, "--format", "ndjson"],
        ["audit", "night", ...model, "--format", "ndjson"],
        ["report", "night", ...model, "-o", "page.html"],
        ["run", "night", ...model, "--out", "rows"],
        ["merge", "rows", "night"],
      ]
    ) {
      const { err, out } = await spit([command!, ...args], folder.path);
      assert(err.includes("2 links lead out"), `${command}: ${err}`);
      assertEquals(/r2|one\.fits/.test(out), false, command);
    }
    assertEquals(
      (await Deno.readTextFile(at("page.html"))).includes("r2"),
      false,
    );
    const { out } = await spit(
      ["classify", "--follow-links", "night", ...OPTIONS, "--format", "csv"],
      folder.path,
    );
    assert(out.includes("night/all/r2.fits") && out.includes("one.fits"), out);
  },
});

Deno.test("1,000 nested folders and 5,000 files in a folder", async () => {
  using folder = temporaryFolder();
  const deep = `${folder.path}/deep/${"d/".repeat(1000)}`;
  await Deno.mkdir(deep, { recursive: true });
  await Deno.writeFile(`${deep}r1.fits`, fitsOf([evenPlane()]));
  const many = `${folder.path}/many`;
  await Deno.mkdir(many);
  for (let k = 0; k < 5000; k++) Deno.writeFileSync(`${many}/${k}.fits`, EMPTY);
  const rows = await classifyPaths(folder.path, "deep", "many");
  assertEquals(rows.length, 5001);
  assertEquals(rows[0]![1], null);
  assert(rows.slice(1).every(([, code]) => code === "empty"));
});

Deno.test({
  name: "a file name that is not UTF-8 gets a row with an error",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = temporaryFolder();
    await Deno.writeFile(`${folder.path}/r1.fits`, fitsOf([evenPlane()]));
    const { success } = await new Deno.Command("sh", {
      args: ["-c", "cp r1.fits \"$(printf 'bad\\377\\376.fits')\""],
      cwd: folder.path,
    }).output();
    assert(success);
    const rows = await classifyPaths(folder.path, ".");
    assertEquals(rows, [["./bad\ufffd\ufffd.fits", "not_found"], [
      "./r1.fits",
      null,
    ]]);
  },
});

Deno.test("paths from a list or a glob are never read as options or lists", async () => {
  using folder = temporaryFolder();
  const frame = fitsOf([evenPlane()]);
  const names = ["-o", "--strict", "--format=csv", "@list", "$(touch x)", ";x"];
  for (const name of names) {
    await Deno.writeFile(`${folder.path}/${name}`, frame);
  }
  const paths = names.filter((name) => name !== "@list");
  await Deno.writeTextFile(
    `${folder.path}/all.txt`,
    [...paths, "./@list", "@all.txt"].join("\n"),
  );
  const rows = await classifyPaths(folder.path, "@all.txt");
  assertEquals(rows, [
    ...paths.map((name) => [name, null]),
    ["./@list", null],
    ["@all.txt", "not_found"],
  ]);
  const fromGlob = paths.map((name) => `./${name}`);
  assertEquals(
    await classifyPaths(folder.path, ...fromGlob),
    fromGlob.map((name) => [name, null]),
  );
});
