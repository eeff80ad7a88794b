import { assertEquals, assertRejects } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { readRules } from "../../lib/header/read_rules.ts";
import { temporaryFolder } from "../tiny.ts";

Deno.test("files are read in their order", async () => {
  using folder = temporaryFolder();
  const [a, b] = ["a.rules", "b.rules"].map((name) => `${folder.path}/${name}`);
  Deno.writeTextFileSync(a!, "arc : A == 1");
  Deno.writeTextFileSync(b!, "flat : B == 1");
  const rules = await readRules([a!, b!]);
  assertEquals(rules.map(({ claims }) => claims[0]!.type), ["arc", "flat"]);
});

Deno.test("what cannot be read is said by name", async () => {
  using folder = temporaryFolder();
  const bad = `${folder.path}/bad.rules`;
  Deno.writeTextFileSync(bad, "arc ; A == 1");
  const cases: [string, string][] = [
    [`${folder.path}/absent.rules`, "not_found"],
    [folder.path, "is_directory"],
    [bad, "bad_rules"],
  ];
  for (const [path, code] of cases) {
    const error = await assertRejects(() => readRules([path]), SpitError);
    assertEquals([error.code, error.message.includes(path)], [code, true]);
  }
});
