/**
 * Compares the pixels that lib/fits reads with those that astropy reads. Prints
 * each line of checksums.py that differs, and exits with 1 if there is one.
 *
 *     python scripts/oracle/checksums.py FOLDER > checksums.tsv
 *     deno run --allow-read scripts/oracle/compare_checksums.ts checksums.tsv
 */
import { createHash } from "node:crypto";
import type { Plane } from "../../lib/fits/frame.ts";
import { imageHdus, openFits } from "../../lib/fits/open_fits.ts";

/** Returns the same checksum as `compute_checksum` of checksums.py. */
function computeChecksum({ pixels }: Plane): string {
  // Adding 0 turns -0 into 0; Float64Array.from writes a single NaN bit pattern.
  const values = Float64Array.from(pixels, (value) => value + 0);
  return createHash("sha256").update(new Uint8Array(values.buffer))
    .digest("hex");
}

async function formatLines(path: string): Promise<string[]> {
  using file = await openFits(path);
  return await Array.fromAsync(imageHdus(file), async ({ index }) => {
    const frame = await file.readFrame(index);
    const { width, height } = frame;
    return [path, index, width, height, computeChecksum(frame)].join("\t");
  });
}

const [checksums] = Deno.args;
if (checksums === undefined) {
  console.error("usage: compare_checksums.ts CHECKSUMS.tsv");
  Deno.exit(2);
}
const astropyLines = (await Deno.readTextFile(checksums)).split("\n")
  .filter((line) => line !== "");
const byPath = Map.groupBy(astropyLines, (line) => line.split("\t")[0]!);
let differing = 0;
for (const [path, lines] of byPath) {
  const theirs = new Set(lines);
  const ours = new Set(await formatLines(path));
  for (const line of theirs.difference(ours)) {
    console.log(`astropy only: ${line}`);
  }
  for (const line of ours.difference(theirs)) {
    console.log(`lib/fits only: ${line}`);
  }
  differing += theirs.symmetricDifference(ours).size;
}
console.log(
  `${byPath.size} files, ${astropyLines.length} images: ${differing} lines differ`,
);
Deno.exit(differing === 0 ? 0 : 1);
