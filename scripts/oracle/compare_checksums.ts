/**
 * Compares lib/fits with astropy: reads the lines of checksums.py and says which
 * frames give other pixels here.
 *
 *     python scripts/oracle/checksums.py FOLDER > checksums.tsv
 *     deno run --allow-read scripts/oracle/compare_checksums.ts checksums.tsv
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Plane } from "../../lib/fits/frame.ts";
import { imageHdus, openFits } from "../../lib/fits/open_fits.ts";

/** SHA-256 of a plane as checksums.py makes it. */
function checksum({ pixels }: Plane): string {
  // Adding 0 turns -0 into 0; a new Float64Array holds one kind of NaN.
  const values = Float64Array.from(pixels, (value) => value + 0);
  return createHash("sha256").update(new Uint8Array(values.buffer))
    .digest("hex");
}

async function linesOf(path: string): Promise<string[]> {
  using file = await openFits(path);
  const lines: string[] = [];
  for (const { index } of imageHdus(file)) {
    const frame = await file.readFrame(index);
    lines.push(
      [path, index, frame.width, frame.height, checksum(frame)].join("\t"),
    );
  }
  return lines;
}

const [list] = Deno.args;
if (list === undefined) {
  console.error("usage: compare_checksums.ts CHECKSUMS.tsv");
  Deno.exit(2);
}
const expected = (await Deno.readTextFile(list)).split("\n").filter(Boolean);
const paths = [...new Set(expected.map((line) => line.split("\t")[0]!))];
let differing = 0;
for (const path of paths) {
  const ours = await linesOf(path);
  const theirs = expected.filter((line) => line.startsWith(`${path}\t`));
  for (const line of theirs.filter((line) => !ours.includes(line))) {
    console.log(`differs or missing here: ${line}`);
    differing++;
  }
  for (const line of ours.filter((line) => !theirs.includes(line))) {
    console.log(`differs or missing there: ${line}`);
    differing++;
  }
}
console.log(
  `${paths.length} files, ${expected.length} images: ${differing} lines differ`,
);
Deno.exit(differing === 0 ? 0 : 1);
