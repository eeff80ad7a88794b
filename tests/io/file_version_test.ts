import { assertEquals } from "@std/assert";
import {
  readFileVersion,
  readFileVersions,
} from "../../lib/io/file_version.ts";
import { temporaryFolder } from "../tiny.ts";

Deno.test("readFileVersions() returns size and time of many files in their order", async () => {
  using folder = temporaryFolder();
  const paths = Array.from({ length: 40 }, (_, k) => `${folder.path}/${k}`);
  for (const [k, path] of paths.entries()) {
    Deno.writeFileSync(path, new Uint8Array(k));
    Deno.utimeSync(path, 1000 + k, 2000 + k);
  }
  assertEquals(
    await readFileVersions(paths),
    paths.map((_, k) => ({ size: k, modified: 1000 * (2000 + k) })),
  );
});

Deno.test("readFileVersion() returns nulls for a missing file", async () => {
  const version = await readFileVersion("/none/r1.fits");
  assertEquals(version, { size: null, modified: null });
});
