import { assertEquals } from "@std/assert";
import { openFileSource } from "../../lib/io/file.ts";
import { spitErrorOf } from "../fits/open_bytes.ts";

const content = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);

for (const blocking of [false, true]) {
  const how = blocking ? "holding the thread" : "letting others run";

  Deno.test(`a file read ${how} gives its bytes, in any order and at once`, async () => {
    const path = await Deno.makeTempFile();
    await Deno.writeFile(path, content);
    const source = await openFileSource(path, { blocking });
    const read = async (offset: number, length: number) => {
      const target = new Uint8Array(length);
      return target.subarray(0, await source.readInto(offset, target));
    };
    const asked: [number, number][] = [
      [4000, 2000],
      [0, 10],
      [7000, 5],
      [2 ** 52, 5],
      [100, 4000],
    ];
    const found = await Promise.all(
      asked.map(([offset, length]) => read(offset, length)),
    );
    source.close();
    assertEquals(
      found,
      asked.map(([offset, length]) =>
        content.subarray(offset, offset + length)
      ),
    );
    await Deno.remove(path);
  });

  Deno.test(`what cannot be read ${how} says why`, async () => {
    const folder = await Deno.makeTempDir();
    const codeOf = async (path: string) =>
      (await spitErrorOf(() => openFileSource(path, { blocking }))).code;
    assertEquals(await codeOf(`${folder}/none`), "not_found");
    assertEquals(await codeOf(folder), "is_directory");
    await Deno.remove(folder);
  });

  Deno.test(`a file that shrinks while it is read ${how} is a fault`, async () => {
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
