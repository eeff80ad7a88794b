import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit } from "./resident_spit.ts";
import { spit as spitProcess } from "./spit.ts";

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
    [[], /^Usage: spit /],
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
    [["bare", ...ON_TINY], /no frames in bare.*no frames to classify/s],
    [["night", "--model", "no-such-model"], /no-such-model/],
    [
      ["inspect", "night/none.fits", ...ON_TINY],
      /^error: night\/none\.fits: no such file$/m,
    ],
    [
      ["inspect", "http://u:secret@127.0.0.1/r1.fits?token=secret", ...ON_TINY],
      /^error: http:\/\/127\.0\.0\.1\/r1\.fits\?…: no permission to access (?!.*secret)/m,
    ],
    [
      ["night", ...ON_TINY, "-o", "absent/n.csv"],
      /annot write absent\/n\.csv/,
    ],
  ];
  // One of them in a process of its own, for the exit code.
  for (const [k, [args, message]] of cases.entries()) {
    const run = k === 0 ? spitProcess : spit;
    const { code, out, err } = await run(args, folder.path);
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
  const version = await spitProcess(["--version"]);
  assertMatch(version.out, /^\d+\.\d+\.\d+\n$/);
  const { code, out, err } = await spitProcess(["--help"]);
  assertEquals([code, err, out.startsWith("Usage: spit")], [0, "", true]);
  assertStringIncludes(out, "Examples:");
});

Deno.test("every command has a help text with its options, which needs no permission", async () => {
  const { out } = await spit(["--help"]);
  const [, list] = out.split("Commands:\n");
  const names = [...list!.split("\n\n")[0]!.matchAll(/^ {2}(\w+) /gm)]
    .map(([, name]) => name!);
  assertEquals(names.length, 16);
  for (const name of names) {
    const help = await spitProcess([name, "--help"]);
    assertEquals([help.code, help.err], [0, ""], name);
    assertEquals(await spit(["help", name]), help);
    assertMatch(help.out, new RegExp(`^Usage: spit ${name} .*\n\n[A-Z]`));
    assertMatch(help.out, /\nOptions:\n(.*\n)*? {2}-h, --help/);
    assertEquals(/\(default: \{/.test(help.out), false, "a default in words");
  }
});

Deno.test("the examples of the help have the arguments that their commands require", async () => {
  const { out } = await spit(["--help"]);
  const [, examples] = /Examples:\n([^]*?)\n\n/.exec(out)!;
  const commands = [
    ...examples!.matchAll(/^ {2}spit ([a-z]+) (.*?)(?: {2}|$)/gm),
  ];
  assert(commands.length > 8);
  for (const [line, name, args] of commands) {
    const { out: help } = await spit(["help", name!]);
    const required = /^Usage:.*$/m.exec(help)![0].match(/<\w+/g) ?? [];
    const words = args!.replaceAll(
      /(--?[a-z]+) \S+/g,
      (all, option) => help.includes(`${option} <`) ? "" : all,
    ).split(" ").filter((word) => word !== "" && !word.startsWith("-"));
    assert(words.length >= required.length, line);
  }
});

Deno.test("options without a PATH are an error that names PATH", async () => {
  for (const args of [["-q"], ["--format", "csv"], ["classify", "--strict"]]) {
    const { code, out, err } = await spit(args);
    assertEquals([code, out], [2, ""]);
    assertMatch(err, /^error: no PATH: name files or folders of frames\n/);
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

Deno.test("a path named that does not exist is a row, and the command exits 2", async () => {
  using folder = night();
  Deno.writeTextFileSync(`${folder.path}/list`, "absent.fits\n");
  const rows = ["--format", "ndjson", "-q"];
  const cases: [args: string[], rows: number][] = [
    [["absent.fits", "night", ...rows], 2],
    [["audit", "night", "absent.fits", ...rows], 1],
    [["report", "absent.fits", "night"], 0],
    [["run", "absent.fits", "night", "--out", "rows"], 0],
  ];
  for (const [args, count] of cases) {
    const { code, out, err } = await spit([...args, ...ON_TINY], folder.path);
    assertEquals(code, 2, args.join(" "));
    assertEquals(
      out.match(/absent\.fits.*not_found/g)?.length ?? 0,
      count && 1,
    );
    if (args.includes("-q")) assertEquals(err, "");
    else assertMatch(err, /^no such file or folder: absent\.fits$/m);
  }
  assertStringIncludes(
    Deno.readTextFileSync(`${folder.path}/night.html`),
    "not_found",
  );
  assertMatch((await spit(["merge", "rows"], folder.path)).out, /not_found/);
  const strict = await spit(
    ["absent.fits", "--strict", ...ON_TINY],
    folder.path,
  );
  assertEquals(strict.code, 2);
  // A list may name frames that do not exist any more.
  assertEquals((await spit(["@list", ...ON_TINY], folder.path)).code, 0);
});

Deno.test("a pattern that no name matches, and an error of the system, are said in words", async () => {
  using folder = night();
  const pattern = await spit(["night/*.fit", ...ON_TINY], folder.path);
  assertMatch(
    pattern.out,
    /not_found: no such file \(a pattern is expanded by the shell, if names match it\)\n/,
  );
  const { code, err } = await spit(
    ["night", "--labels", "absent.csv", ...ON_TINY],
    folder.path,
  );
  assertEquals([code, err], [
    2,
    "error: cannot read the manifest in absent.csv: No such file or directory\n",
  ]);
});

Deno.test("help shows a command's options; other words are reported", async () => {
  const { code, out, err } = await spit(["help", "nonsense"]);
  assertEquals([code, out], [2, ""]);
  assertMatch(err, /unknown command 'nonsense'/);
  assertEquals(await spit(["help"]), await spit(["--help"]));
});

Deno.test({
  name: "each of several files whose names are not UTF-8 has a row",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = night();
    const { success } = await new Deno.Command("sh", {
      args: [
        "-c",
        "for byte in 377 376 351; do " +
        'cp night/a.fits "night/$(printf "r\\\\$byte.fits")"; done',
      ],
      cwd: folder.path,
    }).output();
    assertEquals(success, true);
    const files = ["a", "r\ufffd", "r\ufffd", "r\ufffd"].map((name, k) =>
      `night/${name}.fits${k > 1 ? ` (${k})` : ""}`
    );
    const read = (text: string) =>
      text.trimEnd().split("\n").map((line) => JSON.parse(line).file);
    for (const paths of [["night"], files.map((name) => name.slice(0, 13))]) {
      const run = await spit(
        ["--format", "ndjson", "-q", ...ON_TINY, ...paths],
        folder.path,
      );
      assertEquals(read(run.out), files);
      assertEquals(run.out.match(/is not UTF-8/g)?.length, 3);
    }
    await spit(["run", "night", "--out", "rows", ...ON_TINY], folder.path);
    const merged = await spit(["merge", "rows"], folder.path);
    assertEquals(read(merged.out), files);
    assertMatch(merged.err, /^4 of 4 frames have one row each$/m);
  },
});
