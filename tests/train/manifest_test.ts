import { assertEquals, assertThrows } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { parseManifest } from "../../lib/train/manifest.ts";

Deno.test("manifest: optional columns are read, others passed over, quotes obeyed", () => {
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

Deno.test("manifest: the paper's Table 1 reads as one", () => {
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

Deno.test("manifest: an unknown label, a missing path and a bad HDU are named by line", () => {
  const bad = (text: string, message: string) =>
    assertThrows(() => parseManifest(text, "."), SpitError, message);
  bad(
    "path,label\na.fits,arc\nb.fits,lamp\n",
    'line 3 labels b.fits as "lamp"',
  );
  bad("file,label\na.fits,arc\n", "line 2 has no path");
  bad("path,label,hdu\na.fits,arc,-1\n", 'line 2: "-1" is no HDU');
  bad('path,label\n"a.fits,arc\n', "not valid CSV");
});
