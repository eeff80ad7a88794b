import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import {
  assertReplaceable,
  createWriterId,
  fileOutput,
  makeFolder,
  writeAll,
  writeFileAtomically,
} from "../../lib/io/output.ts";
import { recordSyncs, temporaryFolder } from "../tiny.ts";

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("fileOutput() replaces the file on commit", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/night.csv`;
  Deno.writeTextFileSync(path, "old");
  const output = await fileOutput(path);
  await output.write("one\n");
  await output.write("two\n");
  assertEquals(Deno.readTextFileSync(path), "old");
  await output.commit();
  assertEquals(Deno.readTextFileSync(path), "one\ntwo\n");
  output.discard();
  assertEquals(namesIn(folder.path), ["night.csv"]);
});

Deno.test("fileOutput() leaves the file unchanged on discard, and no temporary file", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/night.csv`;
  Deno.writeTextFileSync(path, "old");
  const output = await fileOutput(path);
  await output.write("half a ro");
  output.discard();
  output.discard();
  assertEquals(namesIn(folder.path), ["night.csv"]);
  assertEquals(Deno.readTextFileSync(path), "old");
});

Deno.test({
  name: "fileOutput() writes to the target of a link",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(`${folder.path}/real.csv`, "old");
    Deno.symlinkSync("real.csv", `${folder.path}/link.csv`);
    const output = await fileOutput(`${folder.path}/link.csv`);
    await output.write("new");
    await output.commit();
    assertEquals(Deno.lstatSync(`${folder.path}/link.csv`).isSymlink, true);
    assertEquals(Deno.readTextFileSync(`${folder.path}/real.csv`), "new");
  },
});

Deno.test("fileOutput() throws for a path that cannot be written", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/no/such/night.csv`;
  const reasons = {
    [folder.path]: "it is a folder",
    [path]: `there is no folder ${folder.path}/no/such: make it first`,
  };
  for (const [path, reason] of Object.entries(reasons)) {
    const error = await assertRejects(() => fileOutput(path), SpitError);
    assertEquals(error.code, "usage");
    assertEquals(error.message, `cannot write ${path}: ${reason}`);
  }
});

Deno.test("fileOutput() refuses an empty path, and -, which is not standard output", async () => {
  for (
    const [path, message] of [
      ["", /cannot write the output: its name is empty/],
      ["-", /cannot write -: .*standard output.* \.\/-/],
    ] as const
  ) {
    const error = await assertRejects(() => fileOutput(path), SpitError);
    assertEquals(error.code, "usage");
    assertMatch(error.message, message);
  }
});

Deno.test("fileOutput() and assertReplaceable() refuse the name and the content of a frame", async () => {
  using folder = temporaryFolder();
  const magics = [
    ...[
      "SIMPLE  =",
      "SIMPLE =",
      "SIMPLE=",
      "SIMPLE   =",
      "SIMPLE             =",
    ],
    ...["\x1f\x8b\x08", "BZh9", "\x1f\x9d\x90", "\xfd7zXZ\0", "(\xb5/\xfd"],
    ...["PK\x03\x04", "]\0\0\x80\0", "7z\xbc\xaf\x27\x1c"],
    // TIFF, an IRAF image, PNG, and pixels without a header.
    ...[
      "II*\0",
      "i\0m\0h\0d\0r\0",
      "imhv2",
      "\x89PNG\r\n\x1a\n\0",
      "\x01\x02\0\x03",
    ],
    // Binary data after a text.
    "x".repeat(4095) + "\0",
  ];
  for (const magic of magics) {
    const path = `${folder.path}/frame.txt`;
    Deno.writeFileSync(path, Uint8Array.from(magic, (c) => c.charCodeAt(0)));
    for (const write of [fileOutput, assertReplaceable]) {
      const error = await assertRejects(() => write(path), SpitError);
      assertEquals(error.code, "usage");
    }
  }
  const png = `${folder.path}/a.png`;
  Deno.writeFileSync(
    png,
    Uint8Array.from("\x89PNG\r\n\x1a\n\0", (c) => c.charCodeAt(0)),
  );
  await assertReplaceable(png, "PNG");
  const absent = `${folder.path}/r1.fits.gz`;
  await assertRejects(
    () => fileOutput(absent),
    SpitError,
    "never overwritten",
  );
  assertEquals(namesIn(folder.path), ["a.png", "frame.txt"]);
});

Deno.test("writeFileAtomically() writes a text", async () => {
  using folder = temporaryFolder();
  await writeFileAtomically(`${folder.path}/a.csv`, "path,label\n");
  assertEquals(Deno.readTextFileSync(`${folder.path}/a.csv`), "path,label\n");
  assertEquals(namesIn(folder.path), ["a.csv"]);
});

Deno.test("writeAll() continues after partial writes", async () => {
  const written: number[] = [];
  const write = (bytes: Uint8Array) => {
    written.push(...bytes.subarray(0, 2));
    return Promise.resolve(Math.min(2, bytes.length));
  };
  await writeAll({ write }, "abcde");
  assertEquals(String.fromCharCode(...written), "abcde");
});

Deno.test("makeFolder() creates parents, and throws where a file is", async () => {
  using folder = temporaryFolder();
  await makeFolder(`${folder.path}/a/b`);
  await makeFolder(`${folder.path}/a/b`);
  assertEquals(Deno.statSync(`${folder.path}/a/b`).isDirectory, true);
  Deno.writeTextFileSync(`${folder.path}/file`, "");
  const error = await assertRejects(
    () => makeFolder(`${folder.path}/file/b`),
    SpitError,
  );
  assertEquals(error.code, "usage");
});

Deno.test("createWriterId() returns another name each time", () => {
  assertNotEquals(createWriterId(), createWriterId());
});

Deno.test("fileOutput() and assertReplaceable() refuse labels", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/labels.csv`;
  const headings = [
    ...["path,label,time", "path,label", "\ufeffpath,label\r\n"],
    ...['"path","label","instrument"', "path, label"],
  ];
  for (const heading of headings) {
    Deno.writeTextFileSync(path, heading);
    for (const write of [fileOutput, assertReplaceable]) {
      const error = await assertRejects(
        () => write(path),
        SpitError,
        "it contains labels",
      );
      assertEquals(error.code, "usage");
    }
    assertEquals(Deno.readTextFileSync(path), heading);
  }
  Deno.writeTextFileSync(path, "file,type\npath,label\n");
  await assertReplaceable(path);
});

Deno.test({
  name:
    "a file is synced to the disk before it takes its name, and its folder after that",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    using syncs = recordSyncs();
    const output = await fileOutput(`${folder.path}/night.csv`);
    await output.write("one\n");
    assertEquals(syncs.take(), []);
    await output.commit();
    assertEquals(syncs.take(), ["file", "folder"]);
  },
});
