import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SpitError } from "../../lib/errors.ts";
import { parseRules } from "../../lib/header/parse_rules.ts";

/** What is said of a text of one bad line, the third. */
function fault(line: string): string {
  const text = `# a comment\narc : OBSTYPE == COMP\n  ${line}\n`;
  const error = assertThrows(() => parseRules(text, "my.rules"), SpitError);
  assertEquals([error.code, error.file], ["bad_rules", "my.rules"]);
  const start = "my.rules, line 3: ";
  const end = ` (in: ${line})`;
  assertEquals(error.message.startsWith(start), true, error.message);
  assertEquals(error.message.endsWith(end), true, error.message);
  return error.message.slice(start.length, -end.length);
}

Deno.test("a fault names the file and the line, shows it, and says what to do", () => {
  assertEquals(
    fault("flta : LAMP == on"),
    'there is no "flta"; did you mean flat? before ":" stands one of ' +
      "frames, bias, dark, arc, flat, standard, science",
  );
  assertEquals(fault("Arc : LAMP == on").includes("did you mean arc?"), true);
  assertEquals(fault("wavecal : LAMP == on").includes("did you mean"), false);
  assertEquals(
    fault("dispnam = GRATING").startsWith(
      'there is no "dispnam"; did you mean dispname?',
    ),
    true,
  );
  assertEquals(
    fault("arc LAMP == on").startsWith('there is no "arc LAMP"'),
    true,
  );
  assertEquals(
    fault("else"),
    'this is neither "TYPE : CONDITION", nor "NAME = KEYWORD", nor "otherwise"',
  );
  assertEquals(
    fault("arc : LAMP on"),
    '"LAMP on" compares nothing; write KEYWORD == VALUE, with == != ~ < <= > or >=',
  );
  assertEquals(
    fault("arc : lamp == on"),
    '"lamp" is no keyword; they are written in capitals, as OBSTYPE, LAMPSTA1..5 or ESO DPR TYPE',
  );
  assertEquals(fault("arc : == on"), "a keyword is missing");
  assertEquals(
    fault("arc : LAMP == on,"),
    'a value is missing; a card that is empty is compared with ""',
  );
  assertEquals(
    fault("bias : EXPTIME <= short"),
    '"short" is no number, and <= asks for one',
  );
  assertEquals(
    fault("arc : LAMPK..A == on"),
    'the range "LAMPK..A" runs backwards; turn it round',
  );
  assertEquals(
    fault('arc : LAMP == "on'),
    'a quote (") is opened and not closed',
  );
  assertEquals(
    fault("arc : type == COMP"),
    '"type" stands for no card yet; say which before this line, as in: type = IMAGETYP',
  );
  assertEquals(
    fault("science : not LAMP == on"),
    "a header without any of these cards would claim the type; ask for a card that must be there, too",
  );
  for (const text of ["12.3.4", '"a" + B', "Name"]) {
    assertEquals(fault(`ra = ${text}`).includes("is no keyword"), true);
  }
  for (const text of ["-500", "west"]) {
    assertEquals(
      fault(`longitude = LON, ${text}`).startsWith(
        `"${text}" is no longitude;`,
      ),
      true,
    );
  }
  assertEquals(fault("ra ="), "a keyword or a value is missing");
  assertEquals(
    fault("ra = RA if A == 1 if B == 1"),
    '"if" stands twice in the line',
  );
});

Deno.test("a file without rules is an error that names it", () => {
  for (const text of ["", "# only a comment\n\n", "otherwise\n"]) {
    const error = assertThrows(() => parseRules(text, "my.rules"), SpitError);
    assertEquals(error.message.startsWith("my.rules holds no rule;"), true);
  }
});

Deno.test("blanks, comments, line ends and a # in a value do not matter", () => {
  const tidy = parseRules(
    "type = OBSTYPE\narc : type == slit #1\nra = RA, OBJRA",
    "a",
  );
  const untidy = parseRules(
    "\r\n  # words : = ==\r\ntype=OBSTYPE\r\n\tarc:type==slit   #1\r\n\r\nra=RA,OBJRA\r\n",
    "b",
  );
  assertEquals(untidy, tidy);
});

Deno.test("rules can go to a worker by message", () => {
  const rules = parseRules(
    "frames : A ~ x*\narc : B..D == 1 or not E == 2 and F > 3\nbinning = X + Y, swapped Z, 5 if G == 1",
    "my.rules",
  );
  assertEquals(structuredClone(rules), rules);
});

/** Texts that are nearly rules: they reach further into the parser than any text. */
const NEARLY = fc.array(
  fc.constantFrom(
    ...'frames bias arc : = == != ~ <= > type otherwise and or not if swapped + , .. " # \n ( * 1e999 NaN -5 A..C K..A OBSTYPE ESO DPR on ra binning'
      .split(" "),
  ),
  { maxLength: 30 },
).map((words) => words.join(" "));

Deno.test("any text gives rules, or an error that says where", () => {
  const whole = (text: string) => {
    try {
      parseRules(text, "my.rules");
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      assertEquals(error.code, "bad_rules");
      assertEquals(
        /^my\.rules(, line \d+: | holds no rule)/.test(error.message),
        true,
      );
    }
  };
  fc.assert(fc.property(fc.string({ unit: "binary" }), whole));
  fc.assert(fc.property(NEARLY, whole), { numRuns: 1000 });
});
