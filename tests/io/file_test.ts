import { assertEquals, assertMatch } from "@std/assert";
import { openFileSource, readText } from "../../lib/io/file.ts";
import { spitErrorOf } from "../fits/open_bytes.ts";
import { temporaryFolder } from "../tiny.ts";

const content = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);

for (const blocking of [false, true]) {
  const how = blocking ? "blocking" : "not blocking";

  Deno.test(`openFileSource() reads in any order and concurrently (${how})`, async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, content);
    const source = await openFileSource(path, { blocking });
    const read = async (offset: number, length: number) => {
      const target = new Uint8Array(length);
      return target.subarray(0, await source.readInto(offset, target));
    };
    const ranges: [number, number][] = [
      [4000, 2000],
      [0, 10],
      [7000, 5],
      [2 ** 52, 5],
      [100, 4000],
    ];
    const found = await Promise.all(
      ranges.map(([offset, length]) => read(offset, length)),
    );
    source.close();
    assertEquals(
      found,
      ranges.map(([offset, length]) =>
        content.subarray(offset, offset + length)
      ),
    );
    await Deno.remove(path);
  });

  Deno.test(`openFileSource() throws for missing files and folders (${how})`, async () => {
    const folder = await Deno.makeTempDir();
    const codeOf = async (path: string) =>
      (await spitErrorOf(() => openFileSource(path, { blocking }))).code;
    assertEquals(await codeOf(`${folder}/none`), "not_found");
    assertEquals(await codeOf(folder), "is_directory");
    await Deno.remove(folder);
  });

  Deno.test(`a file that is truncated while it is read has vanished (${how})`, async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, content);
    const source = await openFileSource(path, { blocking });
    await Deno.truncate(path, 100);
    const { code } = await spitErrorOf(() =>
      source.readInto(0, new Uint8Array(200))
    );
    source.close();
    assertEquals(code, "vanished");
    await Deno.remove(path);
  });
}

Deno.test("readText() returns the text, and names the content and file in its errors", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/rules.yaml`;
  Deno.writeTextFileSync(path, "instrument: kast\n");
  assertEquals(await readText(path, "the rules"), "instrument: kast\n");
  const missing = await spitErrorOf(() => readText(`${path}.old`, "the rules"));
  assertEquals(missing.code, "not_found");
  assertMatch(
    missing.message,
    /^cannot read the rules in .*rules\.yaml\.old: /,
  );
  const error = await spitErrorOf(() => readText(folder.path, "the rules"));
  assertEquals(error.code, "is_directory");
});

Deno.test("readText() refuses what is not a text, without reading it to its end", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/labels.csv`;
  Deno.writeTextFileSync(path, "path,label\nr6.fits,a\0rc\n");
  const binary = await spitErrorOf(() => readText(path, "the labels"));
  assertEquals(binary.code, "usage");
  assertMatch(binary.message, /labels\.csv: it is not a text file$/);
});

Deno.test("readText() decodes UTF-8 across the pieces in which it reads", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/labels.csv`;
  const text = "\ufeff" + "aé€𝄞".repeat(30_000);
  Deno.writeTextFileSync(path, text);
  assertEquals(await readText(path, "the labels"), text);
});

Deno.test("openFileSource() says why a folder cannot be read", async () => {
  using folder = temporaryFolder();
  const { readDirSync } = Deno;
  Deno.readDirSync = () => {
    throw new Deno.errors.PermissionDenied("Permission denied (os error 13)");
  };
  try {
    const error = await spitErrorOf(() => openFileSource(folder.path));
    assertEquals(error.code, "no_permission");
  } finally {
    Deno.readDirSync = readDirSync;
  }
});
