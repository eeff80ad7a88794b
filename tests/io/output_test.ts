import { assertEquals, assertRejects } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { fileOutput } from "../../lib/io/output.ts";
import { temporaryFolder } from "../tiny.ts";

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("a report shows up whole, under its name, on commit", async () => {
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

Deno.test("a discarded report leaves what was there, and nothing else", async () => {
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
  name: "a link stays a link",
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

Deno.test("where nothing can be written is known before the work begins", async () => {
  using folder = temporaryFolder();
  for (const path of [folder.path, `${folder.path}/no/such/night.csv`]) {
    const error = await assertRejects(() => fileOutput(path), SpitError);
    assertEquals(error.code, "usage");
  }
});
