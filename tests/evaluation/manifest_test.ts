import { assertEquals, assertThrows } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { parseManifest } from "../../lib/evaluation/manifest.ts";
import { getSplit, SHIPPED_SPLIT } from "../../lib/evaluation/split.ts";

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
  bad("file,label\na.fits,arc\n", "line 2, column path: the path is missing");
  bad(
    "path,label,hdu\na.fits,arc,-1\n",
    'line 2, column hdu: "-1" is not an HDU number',
  );
  bad('path,label\n"a.fits,arc\n', "Cannot parse the manifest as CSV");
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
