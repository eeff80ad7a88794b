import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit } from "./spit.ts";

const ON_TINY = ["--model", TINY, "--device", "cpu"];

/** A folder with a bias. */
function night(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/night`);
  const bytes = fitsOf([evenPlane()], { OBSTYPE: "BIAS" });
  Deno.writeFileSync(`${folder.path}/night/a.fits`, bytes);
  return folder;
}

Deno.test("wrong usage exits 2 with a message on standard error only", async () => {
  using folder = night();
  Deno.mkdirSync(`${folder.path}/bare`);
  const cases: [args: string[], message: RegExp][] = [
    [["-q"], /^Usage: spit /],
    [["--fromat", "csv", "night"], /Did you mean --format\?/],
    [
      ["--format", "xml", "night"],
      /Allowed choices are table, csv, fitsort, ndjson, json, pypeit/,
    ],
    [["--hdu", "-1", "night"], /whole number/],
    [["--workers", "two", "night"], /whole number/],
    [["inspekt", "night/a.fits"], /Did you mean inspect\?/],
    [["--strict", "inspect", "night/a.fits"], /inspect has no option --strict/],
    [["@absent", ...ON_TINY], /annot read the list absent/],
    [["bare", ...ON_TINY], /no frames in bare.*No frames to classify/s],
    [["night", "--model", "no-such-model"], /no-such-model/],
    [
      ["night", ...ON_TINY, "-o", "absent/n.csv"],
      /annot write absent\/n\.csv/,
    ],
  ];
  for (const [args, message] of cases) {
    const { code, out, err } = await spit(args, folder.path);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertMatch(err, message);
  }
});

Deno.test("classify takes a file with the name of a command", async () => {
  using folder = night();
  Deno.renameSync(`${folder.path}/night/a.fits`, `${folder.path}/inspect`);
  const { code, out } = await spit([
    "classify",
    ...ON_TINY,
    "--format",
    "ndjson",
    "inspect",
  ], folder.path);
  assertEquals([code, JSON.parse(out).type], [0, "bias"]);
});

Deno.test("help and version need no permission, so they load no native library", async () => {
  const version = await spit(["--version"]);
  assertMatch(version.out, /^\d+\.\d+\.\d+\n$/);
  for (
    const args of [["--help"], ["classify", "--help"], ["inspect", "--help"], [
      "simulate",
      "--help",
    ]]
  ) {
    const { code, out, err } = await spit(args);
    assertEquals([code, err, out.startsWith("Usage: spit")], [0, "", true]);
  }
  assertStringIncludes((await spit(["--help"])).out, "Examples:");
});

Deno.test("every command has a help text with its options", async () => {
  const { out } = await spit(["--help"]);
  const [, list] = out.split("Commands:\n");
  const names = [...list!.split("\n\n")[0]!.matchAll(/^ {2}(\w+) /gm)]
    .map(([, name]) => name!);
  assertEquals(names.length, 14);
  for (const name of names) {
    const help = await spit([name, "--help"]);
    assertEquals([help.code, help.err], [0, ""], name);
    assertMatch(help.out, new RegExp(`^Usage: spit ${name} .*\n\n[A-Z]`));
    assertMatch(help.out, /\nOptions:\n(.*\n)+? {2}-h, --help/);
  }
});

Deno.test("options before the name of a command apply to it", async () => {
  using folder = night();
  const { code, out } = await spit(
    [...ON_TINY, "-q", "--format", "ndjson", "audit", "night", "--strict"],
    folder.path,
  );
  assertEquals([code, out], [0, ""]);
  const { code: failed, err } = await spit(
    ["--group", "night", "audit", "night"],
    folder.path,
  );
  assertEquals(failed, 2);
  assertMatch(err, /audit has no option --group/);
});
