/** Outliers and drifts, from simulated frames to what the audit prints. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startAudit } from "../../lib/calibration/findings.ts";
import { classifyFiles } from "../../lib/classify/classify_files.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import { formatAuditNdjson, formatAuditTable } from "../../lib/output/audit.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { temporaryFolder } from "../tiny.ts";

type Cards = Readonly<Record<string, string | number>>;

const KAST = createInstrument("kast-red", 1)!;

function simulate(type: FrameType): Plane {
  return simulateFrame({ seed: 3, type, instrument: KAST }).plane;
}

/**
 * Returns a frame with other noise, of which each pixel is changed.
 *
 * @param change Its arguments are the value, the place along the dispersion, and the index.
 */
function expose(
  { width, height, pixels }: Plane,
  seed: number,
  change: (value: number, place: number, k: number) => number = (value) =>
    value,
): Plane {
  const random = makeRandom(seed);
  return {
    width,
    height,
    pixels: Uint16Array.from(pixels, (value, k) => {
      // The dispersion of the simulated instrument lies along its columns.
      const changed = change(value, Math.floor(k / width), k);
      const noisy = Math.round(changed + 3 * random.normal());
      return Math.max(0, Math.min(noisy, 65_535));
    }),
  };
}

function kast(minute: number, exposure: number, cards: Cards): Cards {
  return {
    ...{ VERSION: "kastr", OBSTYPE: "OBJECT", EXPTIME: exposure },
    "DATE-OBS": `2021-02-19T02:${10 + minute}:00`,
    ...{ GRATNG_N: "600/7500", GRTILT_P: 10848, BSPLIT_N: "d55" },
    ...cards,
  };
}

/** Classifies files in the order of their names, and audits them. */
async function audit(
  name: string,
  frames: readonly (readonly [plane: Plane, cards: Cards])[],
) {
  using folder = temporaryFolder();
  const paths = frames.map(([plane, values], k) => {
    const path = `${folder.path}/${name}${k}.fits`;
    const cards = Object.entries(values)
      .map(([keyword, value]) => ({ keyword, value, comment: "" }));
    Deno.writeFileSync(path, encodeFits([{ cards, plane }]));
    return path;
  });
  const audit = startAudit();
  const options = { device: "cpu", workers: 0 } as const;
  for await (const verdict of classifyFiles(paths, options)) audit.add(verdict);
  const result = audit.result();
  return {
    kinds: result.findings.map(({ kind }) => kind),
    names: result.findings.filter(({ kind }) => kind === "outlier")
      .flatMap(({ files }) => files)
      .map((file) => file.slice(folder.path.length + 1, -5)),
    table: formatAuditTable(result, { terminal: false, colour: false }),
    rows: formatAuditNdjson(result).split("\n").filter((line) => line !== "")
      .map((line) => JSON.parse(line)),
  };
}

Deno.test("audit: a dome flat with the light of the room, of which the headers say nothing", async () => {
  const flat = simulate("flat");
  const base = flat.pixels.toSorted()[flat.pixels.length >> 5]!;
  const places = [210, 480, 700, 706, 900];
  const { kinds, names, table, rows } = await audit(
    "flat",
    [0, 1, 2, 3, 4].map((k) => [
      expose(flat, k, (value, place) => {
        if (k < 4 || value < base + 500) return value;
        const isLine = places.some((line) => Math.abs(place - line) < 3);
        return value + 6000 + (isLine ? 8000 : 0);
      }),
      kast(k, 60, { OBJECT: "Dome Flat", LAMPSTA1: "on" }),
    ]),
  );
  assertEquals([kinds, names], [["outlier"], ["flat4"]]);
  assertMatch(
    table,
    /^Must act\noutlier: flat4\.fits is unlike the other flats of kast-red, 2021-02-18, 60 s\n {2}light 1\.\d+ × that of the other 4; \d lines that the other 4 lack/,
  );
  assertEquals(
    rows.map(({ finding, group, set, differs }) => [
      finding,
      group,
      set.type,
      set.count,
      Array.isArray(differs),
    ]),
    [["outlier", "act", "flat", 5, true]],
  );
});

Deno.test("audit: an arc in which a lamp does not burn that its header gives as on", async () => {
  const arc = simulate("arc");
  const bias = simulate("bias").pixels as Uint16Array;
  const { kinds, names, table } = await audit(
    "arc",
    [0, 1, 2, 3].map((k) => [
      expose(arc, k, (value, place, index) =>
        // The lines of the lamp are in some parts of the spectrum.
        k === 3 && place % 300 > 110 ? bias[index]! : value),
      kast(k, 30, { OBJECT: "Arcs", LAMPSTAA: "on", LAMPSTAC: "on" }),
    ]),
  );
  assertEquals([kinds, names], [["outlier"], ["arc3"]]);
  assertMatch(table, /\n {2}.*\d+ lines, the other 3 have \d+/);
});

Deno.test("audit: biases whose level settles", async () => {
  const bias = simulate("bias");
  const { kinds, names, table, rows } = await audit(
    "bias",
    Array.from({ length: 10 }, (_, k) => [
      expose(
        bias,
        k,
        (value, place) =>
          value + 80 * Math.exp(-k / 2) * (0.6 + 0.8 * place / bias.height),
      ),
      kast(k, 0, { OBJECT: "Bias" }),
    ]),
  );
  assertEquals(names.slice(0, 3), ["bias0", "bias1", "bias2"]);
  assert(names.length < 6, names.join());
  assertEquals(kinds, [...names.map(() => "outlier"), "drift"]);
  assertMatch(
    table,
    /\nLook at\ndrift: 10 biases of kast-red, 2021-02-18\n {2}level falls by \d+ counts \([\d.]+ × the noise\) and then stays the same\n\n/,
  );
  assertEquals([rows.at(-1).finding, rows.at(-1).group], ["drift", "look"]);
});

Deno.test("audit: nothing for sound sets of several exposure times and lamps", async () => {
  const [flat, arc, bias] = (["flat", "arc", "bias"] as const).map(simulate);
  const frames: (readonly [Plane, Cards])[] = Array.from(
    { length: 5 },
    (_, k) => [expose(bias!, k), kast(k, 0, { OBJECT: "Bias" })] as const,
  );
  const level = bias!.pixels[0]!;
  for (let k = 0; k < 8; k++) {
    const factor = k < 4 ? 1 : 0.5;
    const cards = { OBJECT: "Dome Flat", LAMPSTA1: "on" };
    const plane = expose(
      flat!,
      k,
      (value) => level + factor * (value - level),
    );
    frames.push([plane, kast(10 + k, 60 * factor, cards)]);
  }
  for (let k = 0; k < 5; k++) {
    const isNeon = k === 4;
    const plane = expose(
      arc!,
      k,
      (value) => isNeon ? level + 3 * (value - level) : value,
    );
    const lamps: Cards = isNeon ? { LAMPSTAJ: "on" } : { LAMPSTAA: "on" };
    frames.push([plane, kast(20 + k, 30, { OBJECT: "Arc", ...lamps })]);
  }
  const { kinds, table } = await audit("frame", frames);
  assertEquals([kinds, table], [[], ""]);
});
