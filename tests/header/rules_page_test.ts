import { assertEquals } from "@std/assert";
import { parseRules } from "../../lib/header/parse_rules.ts";
import { CONFIGURATION_NAMES, LOG_NAMES } from "../../lib/header/rules.ts";

const PAGE = Deno.readTextFileSync(
  new URL("../../docs/rules.md", import.meta.url),
);

Deno.test("the example of the page is good rules", () => {
  const [, example] = /```rules\n([^`]*)```/.exec(PAGE)!;
  const { frames, claims, readings } = parseRules(example!, "rules.md");
  assertEquals([frames?.length, claims.length], [1, 6]);
  assertEquals(Object.keys(readings).length, 5);
});

Deno.test("the page lists every name", () => {
  for (const name of [...LOG_NAMES, ...CONFIGURATION_NAMES]) {
    assertEquals(PAGE.includes(`\`${name}\``), true, name);
  }
});
