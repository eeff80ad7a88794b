import { assertEquals, assertThrows } from "@std/assert";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { SpitError } from "../../lib/errors.ts";
import {
  applyChanges,
  compareEntry,
  parsePypeitDocument,
} from "../../lib/output/pypeit/correct_pypeit.ts";
import { makeFailedVerdict, makeVerdict, NO_CLAIM } from "../verdicts.ts";
import { parsePypeit } from "./parse_pypeit.ts";

const FILE = `# Auto-generated PypeIt input file using PypeIt version: 2.0.1
# UTC 2026-11-28T10:00:00.000+00:00

# User-defined execution parameters
[rdx]
    spectrograph = shane_kast_red

# Setup
setup read
Setup A:
  dispname: 600/7500
setup end

# Data block
data read
 path /night/one
 path /night/two # the second half
filename |                 frametype | target | calib
 r1.fits |                   science |   Arcs |     0
 r2.fits | pixelflat,illumflat,trace |   Dome |     0 # looks faint
#r3.fits |                      bias |   None |     0
 r4.fits |                       arc |   Arcs |     0

 r5.fits |                      None |   M 31 |     0
data end
`;

/** Corrects the file with an answer for each of its frames, in their order. */
function correct(verdicts: readonly Verdict[], file = FILE): string {
  const document = parsePypeitDocument(file, "a.pypeit");
  const changes = document.entries.flatMap((entry, k) =>
    compareEntry(entry, verdicts[k]!) ?? []
  );
  return applyChanges(document, changes, "corrected by spit");
}

/** Compares one frame; returns its new types and whether it is unused, or `null`. */
function compare(frametype: string, verdict: Verdict) {
  const change = compareEntry({ line: 0, filename: "r", frametype }, verdict);
  return change && [change.frametype, change.isUnused];
}

Deno.test("pypeit files are read as PypeIt reads them", () => {
  const { folders, entries, ignored } = parsePypeitDocument(FILE, "a.pypeit");
  assertEquals(folders, ["/night/one", "/night/two"]);
  assertEquals(
    entries.map(({ filename, frametype }) => [filename, frametype]),
    [
      ["r1.fits", "science"],
      ["r2.fits", "pixelflat,illumflat,trace"],
      ["r4.fits", "arc"],
      ["r5.fits", "None"],
    ],
  );
  assertEquals(ignored, []);
  const input = parsePypeit(FILE.replace(/^ (?=r\d)/gm, ""));
  assertEquals(
    input.rows.map(({ filename }) => filename),
    entries.map(({ filename }) => filename),
  );
});

Deno.test("old pypeit files with bars at both ends, other widths and line breaks are read and corrected", () => {
  const old = "data read\r\n\tpath /n\r\n| filename | frametype |\r\n" +
    "| a.fits | bias |\r\n| b.fits | bias | 1 |\r\ndata end\r\n";
  const { folders, entries, ignored } = parsePypeitDocument(old, "old.pypeit");
  assertEquals(folders, ["/n"]);
  assertEquals(entries, [{ line: 3, filename: "a.fits", frametype: "bias" }]);
  assertEquals(ignored, [5]);
  const text = correct([makeVerdict("/n/a.fits", { type: "arc" })], old);
  assertEquals(text.split("\n").slice(4, 6), [
    "# spit: bias -> arc,tilt. arc: the pixels show lines",
    "| a.fits | arc,tilt |\r",
  ]);
});

Deno.test("a comment behind a row is kept", () => {
  const file = "data read\nfilename | frametype\nr.fits | arc # odd\r\n" +
    "data end\n";
  const text = correct([makeVerdict("r.fits", { type: "bias" })], file);
  assertEquals(text.split("\n")[4], "r.fits | bias # odd\r");
});

Deno.test("a file without a data block or a column is refused", () => {
  const refuse = (text: string, message: string) =>
    assertThrows(
      () => parsePypeitDocument(text, "x.pypeit"),
      SpitError,
      message,
    );
  refuse("", "x.pypeit is no .pypeit file");
  refuse("data read\n a | b\n", "x.pypeit is no .pypeit file");
  refuse("data read\ndata end\n", "no column filename");
  refuse("data read\nfilename | target\ndata end\n", "no column frametype");
});

Deno.test("a correction changes only the lines of its frames, below comments", () => {
  const conflict = { ...NO_CLAIM, type: "science", evidence: "OBSTYPE=OBJECT" };
  const text = correct([
    makeVerdict("r1.fits", {
      type: "arc",
      agreement: "conflict",
      header: conflict as Verdict["header"] & object,
    }),
    makeVerdict("r2.fits", { type: "flat" }),
    makeVerdict("r4.fits", { type: "flat" }),
    makeVerdict("r5.fits", { type: "science" }),
  ]);
  const expected = FILE
    .replace(
      " r1.fits |                   science |",
      "# spit: science -> arc,tilt, not used. arc: the pixels show lines; " +
        "conflict: the header says OBSTYPE=OBJECT\n" +
        "#  r1.fits |                  arc,tilt |",
    )
    .replace(
      " r4.fits |                       arc |",
      "# spit: arc -> pixelflat,illumflat,trace. flat: the pixels show a continuum\n" +
        " r4.fits | pixelflat,illumflat,trace |",
    )
    .replace(
      " r5.fits |                      None |",
      "# spit: None -> science. science: the pixels show the sky\n" +
        " r5.fits |                   science |",
    );
  assertEquals(text, `# corrected by spit\n${expected}`);
});

Deno.test("a frame keeps its types if the answer is among them", () => {
  const kept = {
    "pixelflat,trace": "flat",
    illumflat: "flat",
    lampoffflats: "flat",
    "arc,science,tilt": "science",
    "tilt": "arc",
    sky: "science",
    align: "flat",
  } as const;
  for (const [frametype, type] of Object.entries(kept)) {
    assertEquals(compare(frametype, makeVerdict("r", { type })), null);
  }
  assertEquals(compare("sky", makeVerdict("r", { type: "standard" })), [
    "standard",
    false,
  ]);
  assertEquals(compare("", makeVerdict("r", { type: "bias" })), [
    "bias",
    false,
  ]);
});

Deno.test("a frame that must not be used becomes a comment, unless only its header contradicts", () => {
  const conflict = { type: "arc", agreement: "conflict", use: false } as const;
  assertEquals(compare("arc,tilt", makeVerdict("r", conflict)), null);
  const damaged = makeVerdict("r", { ...conflict, flags: ["saturated"] });
  assertEquals(compare("arc,tilt", damaged), ["arc,tilt", true]);
  const focus = makeVerdict("r", { type: "arc", subtype: "focus", use: false });
  assertEquals(compare("arc", focus), ["arc", true]);
  const unknown = makeVerdict("r", { type: "unknown", reason: "undecided" });
  assertEquals(compare("science", unknown), ["science", true]);
  assertEquals(compare("bias", makeFailedVerdict("r")), ["bias", true]);
});
