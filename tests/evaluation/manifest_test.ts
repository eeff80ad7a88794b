import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { findLabel } from "../../lib/evaluation/labels.ts";
import { parseManifest, readLabels } from "../../lib/evaluation/manifest.ts";
import { getSplit, SHIPPED_SPLIT } from "../../lib/evaluation/split.ts";
import { relative } from "../../lib/std.ts";
import { temporaryFolder } from "../tiny.ts";

Deno.test("manifest: optional columns are read, others ignored", () => {
  const [frame] = parseManifest(
    'label,path,evidence,hdu,night,confidence\nflat,"a, b.fits","said ""flat""",2,2020-01-01,low\n',
    "/nights",
  );
  assertEquals(frame, {
    path: "/nights/a, b.fits",
    label: "flat",
    instrument: "",
    night: "2020-01-01",
    split: "",
    hdu: 2,
    confidence: "low",
  });
});

Deno.test("manifest: the paper's Table 1 is a manifest", () => {
  const [frame] = parseManifest(
    "type,date,frame,usage\narc,2015-08-18,r6.fits,test\n",
    ".",
  );
  assertEquals([frame!.label, frame!.night, frame!.path, frame!.split], [
    "arc",
    "2015-08-18",
    "r6.fits",
    "test",
  ]);
});

Deno.test("manifest: errors name the line and the column", () => {
  const bad = (text: string, message: string) =>
    assertThrows(() => parseManifest(text, "."), SpitError, message);
  bad(
    "path,label\na.fits,arc\nb.fits,lamp\n",
    'line 3, column label: "lamp" is not a label',
  );
  for (
    const [text, column] of [
      ["file,label\na.fits,arc\n", "path"],
      ["path,kind\na.fits,arc\n", "label"],
      ["a.fits,arc\n", "path"],
      ["a.fits,arc\nb.fits,flat\n", "path"],
    ] as const
  ) {
    bad(
      text,
      `line 1: there is no column "${column}"; the first line names the columns, as path,label`,
    );
  }
  bad("path,label\n,arc\n", "line 2, column path: the path is missing");
  bad(
    "path,label,hdu\na.fits,arc,-1\n",
    'line 2, column hdu: "-1" is not an HDU number',
  );
  bad('path,label\n"a.fits,arc\n', "cannot parse the manifest as CSV");
});

Deno.test("manifest: the last line of an image counts, and an empty label removes it", () => {
  const read = parseManifest(
    "path,label,hdu\na.fits,arc,\nb.fits,flat,1\nb.fits,bias,2\na.fits,dark,\nb.fits,,1\n",
    "/n",
  );
  assertEquals(read.map(({ path, label, hdu }) => [path, label, hdu]), [
    ["/n/a.fits", "dark", undefined],
    ["/n/b.fits", "bias", 2],
  ]);
  assertThrows(
    () => parseManifest("path,label\na.fits,\n", "/n"),
    SpitError,
    'line 2, column label: "" is not a label',
  );
});

Deno.test("manifest: a labels file of review is a manifest of validation frames", () => {
  const time = "2026-11-23T04:06:13.123Z";
  const read = parseManifest(
    `path,label,time\na.fits,arc,${time}\n/m/b.fits,other,${time}\n"c, d.fi\na.fits,,${time}\ne.fits,dark,${time}`,
    "/n",
  );
  assertEquals(read.map(({ path, label }) => [path, label]), [
    ["/m/b.fits", "other"],
    ["/n/e.fits", "dark"],
  ]);
  assertEquals(read.map((frame) => getSplit(frame, SHIPPED_SPLIT)), [
    "validation",
    "validation",
  ]);
});

/** Reads the labels in a manifest of this text, in a folder. */
async function readText(folder: string, text: string, hdu?: number) {
  const path = `${folder}/labels.csv`;
  Deno.writeTextFileSync(path, text);
  const notices: string[] = [];
  const labels = await readLabels(path, (notice) => notices.push(notice), {
    hdu,
  });
  return { labels, notices };
}

Deno.test("manifest: every form of it gives labels, for paths relative to its folder, absolute paths and URLs", async () => {
  using folder = temporaryFolder();
  const { path } = folder;
  const time = "2026-11-23T04:06:13Z";
  const url = "https://example.org/r3.fits";
  for (
    const text of [
      `path,label\nr1.fits,arc\n/n/r2.fits,other\n${url},flat\n`,
      `path,label,time\nr1.fits,arc,${time}\n/n/r2.fits,other,${time}\n${url},flat,${time}\n`,
      `Type,Date,Frame,Usage\narc,2015-08-18,r1.fits,test\nother,,/n/r2.fits,\nflat,,${url},\n`,
      `night,instrument,split,confidence,label,path\n,,,low,arc,r1.fits\n,,,,other,/n/r2.fits\n,,,,flat,${url}\n`,
    ]
  ) {
    const { labels, notices } = await readText(path, text);
    const files = [`${path}/r1.fits`, "/n/r2.fits", url, "r1.fits"];
    assertEquals(
      files.map((file) => findLabel(labels, file)),
      ["arc", "other", "flat", undefined],
      text,
    );
    assertEquals(
      findLabel(labels, relative(Deno.cwd(), `${path}/r1.fits`)),
      "arc",
    );
    assertEquals(notices, []);
  }
});

Deno.test("manifest: the label of an HDU counts when it is classified alone, or agrees with those of the others", async () => {
  using folder = temporaryFolder();
  const text = "path,label,hdu\na.fits,flat,1\na.fits,bias,2\n" +
    "b.fits,arc,1\nb.fits,arc,2\nc.fits,dark,\nc.fits,arc,2\n";
  const files = ["a", "b", "c"].map((name) => `${folder.path}/${name}.fits`);
  const find = async (hdu?: number) => {
    const { labels, notices } = await readText(folder.path, text, hdu);
    return { found: files.map((file) => findLabel(labels, file)), notices };
  };
  const all = await find();
  assertEquals(all.found, [undefined, "arc", "dark"]);
  assertEquals(all.notices.length, 1);
  assertMatch(all.notices[0]!, /a\.fits have different labels.*--hdu/);
  assertEquals(await find(2), { found: ["bias", "arc", "arc"], notices: [] });
  assertEquals((await find(3)).found, [undefined, undefined, "dark"]);
});
