/**
 * Contact sheets of dataset shards, to compare simulated frames with real ones:
 *
 *     deno run -A scripts/contact_sheet.ts data/real sheets/real
 *     deno run -A scripts/contact_sheet.ts data/simulated-0 sheets/simulated
 *
 * One PNG a type, input images at half size; what stands where is printed.
 */
import { parse } from "csv-parse/sync";
import { encode } from "fast-png";
import { join } from "../lib/io/path.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../lib/preprocess/input_image.ts";
import { readNpy } from "../lib/evaluation/npy.ts";

const ACROSS = 6;
const DOWN = 12;
/** Of one instrument, so that a large one does not fill the sheet. */
const MOST_ALIKE = 4;
const WIDTH = INPUT_IMAGE_WIDTH / 2;
const HEIGHT = INPUT_IMAGE_HEIGHT / 2;
const GAP = 4;

interface Row {
  readonly shard: string;
  readonly row: string;
  readonly label: string;
  readonly source: string;
  readonly name: string;
  readonly instrument: string;
}

async function drawSheet(
  dataset: string,
  rows: readonly Row[],
): Promise<Uint8Array> {
  const width = ACROSS * (WIDTH + GAP);
  const height = Math.ceil(rows.length / ACROSS) * (HEIGHT + GAP);
  const sheet = new Uint8Array(width * height);
  for (const [k, { shard, row }] of rows.entries()) {
    const path = join(dataset, `input_images-${shard.padStart(4, "0")}.npy`);
    const inputImages = await readNpy(path);
    const start = Number(row) * INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;
    const left = (k % ACROSS) * (WIDTH + GAP);
    const top = Math.floor(k / ACROSS) * (HEIGHT + GAP);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const pixel = start + 2 * y * INPUT_IMAGE_WIDTH + 2 * x;
        sheet[(top + y) * width + left + x] = inputImages.values[pixel]!;
      }
    }
  }
  return encode({ width, height, data: sheet, channels: 1, depth: 8 });
}

function chosen(rows: readonly Row[]): Row[] {
  const shown = new Map<string, number>();
  return rows.filter(({ instrument, source }) => {
    const count = (shown.get(instrument) ?? 0) + 1;
    shown.set(instrument, count);
    return source === "simulated" || count <= MOST_ALIKE;
  }).slice(0, ACROSS * DOWN);
}

const [dataset, out] = Deno.args;
if (dataset === undefined || out === undefined) {
  console.error("usage: contact_sheet.ts DATASET OUT");
  Deno.exit(2);
}
await Deno.mkdir(out, { recursive: true });
const index: Row[] = parse(
  await Deno.readTextFile(join(dataset, "index.csv")),
  { columns: true },
);
for (const [label, rows] of Map.groupBy(index, (row) => row.label)) {
  const shown = chosen(rows);
  await Deno.writeFile(
    join(out, `${label}.png`),
    await drawSheet(dataset, shown),
  );
  console.log(label);
  shown.forEach(({ name }, k) =>
    console.log(`  ${1 + Math.floor(k / ACROSS)},${1 + k % ACROSS} ${name}`)
  );
}
