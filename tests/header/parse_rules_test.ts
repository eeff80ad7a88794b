import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import { SpitError } from "../../lib/errors.ts";
import { parseRules, readRules } from "../../lib/header/parse_rules.ts";
import {
  CONFIGURATION_KEYS,
  LOG_COLUMNS,
  POINTING_KEYS,
} from "../../lib/header/rules.ts";
import { SUBTYPES } from "../../lib/header/subtype.ts";
import { temporaryFolder } from "../tiny.ts";

const PAGE = Deno.readTextFileSync(
  new URL("../../docs/rules.md", import.meta.url),
);

/** Returns the message for a text whose third line is faulty. */
function parseFault(line: string): string {
  const text = `# a comment\narc : OBSTYPE == COMP\n  ${line}\n`;
  const error = assertThrows(() => parseRules(text, "my.rules"), SpitError);
  assertEquals([error.code, error.file], ["bad_rules", "my.rules"]);
  const start = "my.rules, line 3: ";
  const end = ` (in: ${line})`;
  assertEquals(error.message.startsWith(start), true, error.message);
  assertEquals(error.message.endsWith(end), true, error.message);
  return error.message.slice(start.length, -end.length);
}

Deno.test("a fault gives the file, the line and what to change", () => {
  assertEquals(
    parseFault("flta : LAMP == on"),
    'unknown word "flta"; did you mean flat? before ":" use one of ' +
      "frames, bias, dark, arc, flat, standard, science, light, dome, internal, twilight, " +
      "lamp-off, pinhole, slitless, sky, focus, hartmann, acquisition, alignment, test",
  );
  assertEquals(
    parseFault("Arc : LAMP == on").includes("did you mean arc?"),
    true,
  );
  assertEquals(
    parseFault("wavecal : LAMP == on").includes("did you mean"),
    false,
  );
  assertEquals(
    parseFault("dispnam = GRATING").startsWith(
      'unknown word "dispnam"; did you mean dispname?',
    ),
    true,
  );
  assertEquals(
    parseFault("arc LAMP == on").startsWith('unknown word "arc LAMP"'),
    true,
  );
  assertEquals(
    parseFault("else"),
    'expected "TYPE : CONDITION", "NAME = KEYWORD" or "otherwise"',
  );
  assertEquals(
    parseFault("arc : LAMP on"),
    '"LAMP on" is not a comparison; write KEYWORD == VALUE, with == != ~ < <= > >=, contains or consists of',
  );
  for (const words of ["lamp-off flat", "arc lamp-off dome"]) {
    assertEquals(
      parseFault(`${words} : LAMP == off`),
      `"${words}" is not a claim; before ":" write TYPE, SUBTYPE or TYPE SUBTYPE`,
    );
  }
  assertEquals(
    parseFault("flat lampoff : LAMP == off").startsWith(
      'unknown word "lampoff"; did you mean lamp-off?',
    ),
    true,
  );
  assertEquals(
    parseFault("arc : OBJECT contains *arc*"),
    '"*arc*" is not a word; after contains and consists of write letters and digits',
  );
  assertEquals(
    parseFault("flat : OBJECT consists of dome flat"),
    '"dome flat" has several words; list single words after consists of',
  );
  assertEquals(
    parseFault("arc : lamp == on"),
    '"lamp" is not a keyword; write keywords in capitals, as OBSTYPE, LAMPSTA1..5 or ESO DPR TYPE',
  );
  for (const word of ["*", "*LAMP*", "*lamp"]) {
    assertEquals(
      parseFault(`arc : ${word} == on`).startsWith(
        `"${word}" is not a keyword;`,
      ),
      true,
    );
  }
  for (const line of ["exposure = *TIME", "type = *TYPE"]) {
    assertEquals(parseFault(line).includes("is not a keyword"), true);
  }
  assertEquals(parseFault("arc : == on"), "a keyword is missing");
  assertEquals(
    parseFault("arc : LAMP == on,"),
    'a value is missing; compare an empty card with ""',
  );
  assertEquals(
    parseFault("bias : EXPTIME <= short"),
    '"short" is not a number, which <= needs',
  );
  assertEquals(
    parseFault("arc : LAMPK..A == on"),
    'the range "LAMPK..A" runs backwards; exchange its ends',
  );
  assertEquals(
    parseFault('arc : LAMP == "on'),
    'a quote (") is not closed',
  );
  assertEquals(
    parseFault("arc : type == COMP"),
    '"type" has no cards yet; define it before this line, as: type = IMAGETYP',
  );
  assertEquals(
    parseFault("science : not LAMP == on"),
    "a header without any of these cards would make the claim; add a card that must exist",
  );
  for (const text of ["12.3.4", '"a" + B', "Name"]) {
    assertEquals(parseFault(`ra = ${text}`).includes("is not a keyword"), true);
  }
  for (const text of ["-500", "west"]) {
    assertEquals(
      parseFault(`longitude = LON, ${text}`).startsWith(
        `"${text}" is not a longitude;`,
      ),
      true,
    );
  }
  assertEquals(parseFault("ra ="), "a keyword or a value is missing");
  assertEquals(
    parseFault("ra = RA if A == 1 if B == 1"),
    'the line has more than one "if"',
  );
});

Deno.test("a file without rules is an error", () => {
  for (const text of ["", "# only a comment\n\n", "otherwise\n"]) {
    const error = assertThrows(() => parseRules(text, "my.rules"), SpitError);
    assertEquals(error.message.startsWith("my.rules has no rule;"), true);
  }
});

Deno.test("blanks, comments and line ends do not matter, and a value may contain #", () => {
  const tidy = parseRules(
    "type = OBSTYPE\narc : type == slit #1\nra = RA, OBJRA",
    "my.rules",
  );
  const untidy = parseRules(
    "\r\n  # words : = ==\r\ntype=OBSTYPE\r\n\tarc:type==slit   #1\r\n\r\nra=RA,OBJRA\r\n",
    "my.rules",
  );
  assertEquals(untidy, tidy);
});

Deno.test("rules can be sent to a worker", () => {
  const rules = parseRules(
    "frames : A ~ x*\narc : B..D == 1 or not E == 2 and F > 3\nbinning = X + Y, swapped Z, 5 if G == 1",
    "my.rules",
  );
  assertEquals(structuredClone(rules), rules);
});

/** Texts similar to rules, which reach further into the parser than arbitrary texts. */
const NEARLY = fc.array(
  fc.constantFrom(
    ...'frames bias arc : = == != ~ <= > type otherwise and or not if swapped + , .. " # \n ( * 1e999 NaN -5 A..C K..A OBSTYPE ESO DPR on ra binning'
      .split(" "),
  ),
  { maxLength: 30 },
).map((words) => words.join(" "));

Deno.test("any text gives rules, or an error with the line", () => {
  const check = (text: string) => {
    try {
      parseRules(text, "my.rules");
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      assertEquals(error.code, "bad_rules");
      assertEquals(
        /^my\.rules(, line \d+: | has no rule)/.test(error.message),
        true,
      );
    }
  };
  fc.assert(fc.property(fc.string({ unit: "binary" }), check));
  fc.assert(fc.property(NEARLY, check), { numRuns: 1000 });
});

Deno.test("readRules reads files in their order", async () => {
  using folder = temporaryFolder();
  const [a, b] = ["a.rules", "b.rules"].map((name) => `${folder.path}/${name}`);
  Deno.writeTextFileSync(a!, "arc : A == 1");
  Deno.writeTextFileSync(b!, "flat : B == 1");
  const rules = await readRules([a!, b!]);
  assertEquals(rules.map(({ file }) => file), [a, b]);
});

Deno.test("readRules names the file that cannot be read", async () => {
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

Deno.test("the example in docs/rules.md parses", () => {
  const [, example] = /```rules\n([^`]*)```/.exec(PAGE)!;
  const { frames, claims, readings } = parseRules(example!, "rules.md");
  assertEquals([frames?.length, claims.length], [1, 9]);
  assertEquals(Object.keys(readings).length, 6);
});

Deno.test("docs/rules.md lists every name", () => {
  const names = [
    ...LOG_COLUMNS,
    ...POINTING_KEYS,
    ...CONFIGURATION_KEYS,
    ...Object.keys(SUBTYPES),
  ];
  for (const name of names) {
    assertEquals(PAGE.includes(`\`${name}\``), true, name);
  }
});
