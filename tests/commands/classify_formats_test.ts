import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { parsePypeit } from "../output/parse_pypeit.ts";
import { spit } from "./resident_spit.ts";

const ON_TINY = ["--model", TINY, "--device", "cpu"];

/** Two nights of biases, according to the tiny network, and a broken file. */
function nights(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  const cards = { INSTRUME: "kast-red", "OBSGEO-L": -121.6, GRATING: "600" };
  const write = (name: string, date: string, target: string) =>
    Deno.writeFileSync(
      `${folder.path}/${name}`,
      fitsOf([evenPlane()], { ...cards, "DATE-OBS": date, OBJECT: target }),
    );
  write("a.fits", "2026-01-02T03:00:00", "one");
  write("b.fits", "2026-01-03T03:00:00", "two   and | bars");
  write("c.fits", "2026-01-02T04:00:00", "three");
  Deno.writeFileSync(`${folder.path}/d.fits`, new Uint8Array(0));
  Deno.writeTextFileSync(
    `${folder.path}/labels.csv`,
    "path,label,time\nc.fits,arc,2026-01-02T05:00:00Z\n",
  );
  return folder;
}

Deno.test("--format fitsort separates columns by tabs and writes - for a missing value", async () => {
  using folder = nights();
  const { code, out } = await spit(
    [...ON_TINY, "--format", "fitsort", "."],
    folder.path,
  );
  const rows = out.trimEnd().split("\n").map((line) => line.split("\t"));
  assertEquals(code, 0);
  assertEquals(new Set(rows.map(({ length }) => length)).size, 1);
  const cells = (name: string) =>
    rows.map((row) => row[rows[0]!.indexOf(name)]);
  assertEquals(cells("FILE"), [
    "FILE",
    "./a.fits",
    "./b.fits",
    "./c.fits",
    "./d.fits",
  ]);
  assertEquals(cells("TYPE").slice(1), ["bias", "bias", "bias", "-"]);
  assertEquals(cells("TARGET").slice(1), [
    "one",
    "two and | bars",
    "three",
    "-",
  ]);
  assertEquals(cells("ERROR").slice(1), ["-", "-", "-", "empty"]);
});

Deno.test("without --format, the extension of -o decides the format", async () => {
  using folder = nights();
  const write = async (name: string, ...args: readonly string[]) => {
    const line = ["a.fits", "b.fits", ...ON_TINY, "-o", name, ...args];
    const { code, out, err } = await spit(line, folder.path);
    assertEquals([code, out], [0, ""], err);
    assertStringIncludes(err, `wrote ${name}\n2 frames: 2 bias`);
    return Deno.readTextFileSync(`${folder.path}/${name}`);
  };
  const print = async (format: string) =>
    (await spit(
      ["a.fits", "b.fits", ...ON_TINY, "--format", format],
      folder.path,
    )).out;
  for (
    const [name, format] of [
      ["n.csv", "csv"],
      ["N.CSV", "csv"],
      ["n.json", "json"],
      ["n.ndjson", "ndjson"],
      ["n.jsonl", "ndjson"],
      ["n.tsv", "fitsort"],
    ] as const
  ) assertEquals(await write(name), await print(format), name);
  for (const name of ["n.txt", "n", "csv", "n.csv.old", "n.constructor"]) {
    assertMatch(await write(name), /^FILE {4,}TYPE /);
  }
  assertMatch(await write("n.csv", "--format", "table"), /^FILE {4,}TYPE /);
});

Deno.test("an output with the extension of a format that the command does not write is refused", async () => {
  using folder = nights();
  for (
    const [args, message] of [
      [
        [".", ...ON_TINY, "-o", "n.pypeit", "--spectrograph", "keck_deimos"],
        /--format pypeit needs .* a folder: -o FOLDER/,
      ],
      [
        ["audit", ".", ...ON_TINY, "-o", "n.csv"],
        /cannot write n\.csv as csv: .*--format.* table, ndjson/,
      ],
      [
        ["merge", "rows", "-o", "all.json"],
        /cannot write all\.json as json: .*--format.* ndjson, csv, fitsort/,
      ],
      [
        [".", ...ON_TINY, "-o", "n.html"],
        /cannot write n\.html as html: .*; `spit report` writes a page/,
      ],
      [
        ["report", ".", ...ON_TINY, "-o", "n.csv"],
        /'n\.csv' is invalid\. It is written as html: name it, for example, n\.html/,
      ],
      [
        ["watch", ".", "--report", "n.json"],
        /'n\.json' is invalid\. It is written as html/,
      ],
      [
        ["watch", ".", "--append", "rows.csv"],
        /'rows\.csv' is invalid\. It is written as ndjson/,
      ],
      [
        ["evaluate", "labels.csv", "--page", "labels.csv"],
        /'labels\.csv' is invalid\. It is written as html/,
      ],
      [
        ["evaluate", "labels.csv", "--predictions", "rows.csv"],
        /'rows\.csv' is invalid\. It is written as ndjson/,
      ],
      [
        ["inspect", "a.fits", "-o", "a.csv"],
        /'a\.csv' is invalid\. It is written as png/,
      ],
    ] as const
  ) {
    const { code, out, err } = await spit(args, folder.path);
    assertEquals([code, out], [2, ""], args.join(" "));
    assertMatch(err, message);
  }
});

Deno.test("--group night gives headings in a table, a column in CSV, a key in NDJSON", async () => {
  using folder = nights();
  const run = async (format: string) =>
    (await spit(
      [...ON_TINY, "--group", "night", "--format", format, "."],
      folder.path,
    )).out;
  const table = await run("table");
  const heads = [
    "2026-01-01",
    "./a.fits",
    "./c.fits",
    "2026-01-02",
    "./b.fits",
  ];
  const places = heads.map((text) => table.indexOf(`\n${text}`));
  assertEquals(places, places.toSorted((a, b) => a - b));
  assertEquals(places.includes(-1), false);
  const firsts = (await run("csv")).trimEnd().split("\n")
    .map((line) => line.split(",").slice(0, 2).join(" "));
  assertEquals(firsts, [
    "night file",
    "2026-01-01 ./a.fits",
    "2026-01-01 ./c.fits",
    "2026-01-02 ./b.fits",
    "no night ./d.fits",
  ]);
  const [row] = (await run("ndjson")).split("\n");
  assertEquals(JSON.parse(row!).group, "2026-01-01");
});

Deno.test("--labels replaces the type in each row", async () => {
  using folder = nights();
  const { out } = await spit(
    [...ON_TINY, "--labels", "labels.csv", "--format", "ndjson", "."],
    folder.path,
  );
  const rows = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(rows.map(({ type, decided_by }) => [type, decided_by]), [
    ["bias", ["pixels"]],
    ["bias", ["pixels"]],
    ["arc", ["label"]],
    [null, []],
  ]);
});

Deno.test("--rules come before the built-in rules; a fault names the line", async () => {
  using folder = nights();
  Deno.writeTextFileSync(
    `${folder.path}/my.rules`,
    "frames : INSTRUME == kast-red\nflat : OBJECT == one\n",
  );
  const { out } = await spit(
    [...ON_TINY, "--format", "ndjson", "--rules", "my.rules", "."],
    folder.path,
  );
  const { header } = JSON.parse(out.split("\n")[0]!);
  assertEquals([header.type, header.evidence], ["flat", "OBJECT=one"]);
  Deno.writeTextFileSync(`${folder.path}/my.rules`, "\nflta : OBJECT == one\n");
  const wrong = await spit([".", "--rules", "my.rules"], folder.path);
  assertEquals(wrong.code, 2);
  assertStringIncludes(wrong.err, "line 2");
});

Deno.test("--labels reports a file without a label for any of the frames", async () => {
  using folder = nights();
  const labels = `${folder.path}/other.csv`;
  Deno.writeTextFileSync(
    labels,
    "path,label,time\nelsewhere/x.fits,arc,2026-11-23T04:06:13Z\n",
  );
  for (const [command, found] of [["other.csv", true], ["labels.csv", false]]) {
    const args = ["classify", ".", ...ON_TINY, "--labels", `${command}`];
    const { code, err } = await spit(args, folder.path);
    assertEquals(code, 0);
    assertEquals(
      err.includes("has no label for any of these frames"),
      found,
      err,
    );
  }
});

Deno.test("--format pypeit writes files to a folder, uses labels, and replaces nothing", async () => {
  using folder = nights();
  const args = [
    ...[...ON_TINY, "--format", "pypeit", "--labels", "labels.csv"],
    ...["--spectrograph", "shane_kast_red", "."],
  ];
  const { code, out } = await spit([...args, "-o", "out"], folder.path);
  assertEquals([code, out], [0, ""]);
  const text = Deno.readTextFileSync(
    `${folder.path}/out/shane_kast_red_A/shane_kast_red_A.pypeit`,
  );
  const types = parsePypeit(text).rows.map(({ filename, frametype }) =>
    `${filename} ${frametype}`
  );
  assertEquals(types, ["c.fits arc,tilt", "a.fits bias", "b.fits bias"]);
  assertStringIncludes(text, "# d.fits");
  const again = await spit([...args, "-o", "out"], folder.path);
  assertEquals(again.code, 2);
  assertStringIncludes(again.err, "--overwrite");
  // Reported before the model is opened.
  assertEquals(again.err.includes("tiny"), false);
});

Deno.test("--format pypeit reports a folder that cannot be written before it classifies", async () => {
  using folder = nights();
  Deno.writeTextFileSync(`${folder.path}/file`, "");
  const pypeit = ["--format", "pypeit", "--spectrograph", "shane_kast_red"];
  for (const output of ["file", "file/redux"]) {
    const args = [".", ...ON_TINY, ...pypeit, "-o", output];
    const { code, err } = await spit(args, folder.path);
    assertEquals(code, 2);
    assertMatch(err, /^error: cannot make the folder file/);
  }
});

Deno.test("--format pypeit reports options that are missing or do not apply", async () => {
  using folder = nights();
  const pypeit = ["--format", "pypeit", "--spectrograph", "shane_kast_red"];
  for (
    const [args, said] of [
      [pypeit, "-o"],
      [["--format", "pypeit", "-o", "out"], "--spectrograph"],
      [[...pypeit, "-o", "out", "--group", "night"], "--group"],
      [["--format", "csv", "--spectrograph", "keck_deimos"], "--spectrograph"],
      [["--overwrite"], "--overwrite"],
    ] as const
  ) {
    const { code, err } = await spit([".", ...ON_TINY, ...args], folder.path);
    assertEquals(code, 2);
    assertStringIncludes(err, said);
  }
});
