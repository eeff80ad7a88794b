import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertMatch,
} from "@std/assert";
import {
  classifyFiles,
  type ClassifyFilesOptions,
} from "../../lib/classify/classify_files.ts";
import { listDamage } from "../../lib/classify/damage.ts";
import { applyLabel, type Verdict } from "../../lib/classify/verdict.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { formatNote } from "../../lib/output/note.ts";
import { measureDamage, type Saturation } from "../../lib/preprocess/damage.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { constantPlane, temporaryFolder } from "../tiny.ts";
import { makeVerdict } from "../verdicts.ts";

const KAST = createInstrument("kast-red", 1)!;

type SimulatedType = "bias" | "arc" | "flat" | "science";

function simulate(type: SimulatedType, seed = 3): Plane {
  return simulateFrame({ seed, type, instrument: KAST }).plane;
}

/** Returns a plane with new pixels. */
function change(
  plane: Plane,
  value: (old: number, row: number) => number,
): Plane {
  const pixels = Uint16Array.from(
    plane.pixels,
    (old, k) => value(Number(old), Math.floor(k / plane.width)),
  );
  return { ...plane, pixels };
}

type Cards = Readonly<Record<string, string | number>>;

/** Writes and classifies files, each of one plane or of several HDUs. */
async function classify(
  frames: Readonly<Record<string, readonly [readonly Plane[], Cards]>>,
  options: Pick<ClassifyFilesOptions, "trustHeader"> = {},
): Promise<Record<string, Verdict>> {
  using folder = temporaryFolder();
  const names = Object.keys(frames);
  const paths = names.map((name) => {
    const [planes, cards] = frames[name]!;
    const list = (cards: Cards) =>
      Object.entries(cards)
        .map(([keyword, value]) => ({ keyword, value, comment: "" }));
    const hdus = planes.length === 1
      ? [{ cards: list(cards), plane: planes[0]! }]
      : [
        { cards: list(cards), plane: undefined },
        ...planes.map((plane, k) => ({
          cards: list({ EXTNAME: `B${k}`, ...cards }),
          plane,
        })),
      ];
    const path = `${folder.path}/${name}.fits`;
    Deno.writeFileSync(path, encodeFits(hdus));
    return path;
  });
  const verdicts = await Array.fromAsync(
    classifyFiles(paths, { device: "cpu", workers: 0, ...options }),
  );
  return Object.fromEntries(names.map((name, k) => [name, verdicts[k]!]));
}

const CARDS: Readonly<Record<SimulatedType, Cards>> = {
  bias: { IMAGETYP: "BIAS", EXPTIME: 0 },
  arc: { IMAGETYP: "ARC", EXPTIME: 30 },
  flat: { IMAGETYP: "FLAT", EXPTIME: 30 },
  science: { IMAGETYP: "OBJECT", EXPTIME: 900 },
};

Deno.test("a frame of which half of the rows is missing is unusable, whatever its type", async () => {
  const types = ["bias", "arc", "flat", "science"] as const;
  const verdicts = await classify(Object.fromEntries(
    types.flatMap((type) => {
      const whole = simulate(type);
      const { height } = whole;
      const half = change(whole, (old, row) => row < height / 2 ? old : 0);
      return [
        [`${type}_whole`, [[whole], CARDS[type]]],
        [`${type}_half`, [[half], CARDS[type]]],
      ] as const;
    }),
  ));
  for (const type of types) {
    const [whole, half] = [
      verdicts[`${type}_whole`]!,
      verdicts[`${type}_half`]!,
    ];
    assertEquals([whole.use, whole.flags], [true, []], type);
    assertEquals([half.use, half.flags], [false, ["constant-rows"]], type);
    const { height } = simulate(type);
    const text = `rows ${
      Math.ceil(height / 2) + 1
    } to ${height} of ${height} are constant`;
    assert(formatNote(half).includes(text), formatNote(half));
  }
});

Deno.test("a saturated flat is unusable, and a saturated science frame is not", async () => {
  const flat = simulate("flat");
  const brightest = flat.pixels.toSorted().at(-1)!;
  const expose = (plane: Plane, factor: number) =>
    change(plane, (old) => Math.min(65_535, factor * old));
  const star = simulate("science");
  const { sound, saturated, science } = await classify({
    sound: [[flat], CARDS.flat],
    saturated: [[expose(flat, 4 * 65_535 / brightest)], CARDS.flat],
    science: [
      [change(star, (old) => old > 3000 ? 65_535 : old)],
      CARDS.science,
    ],
  });
  assertEquals([sound!.use, sound!.flags], [true, []]);
  assertEquals([saturated!.type, saturated!.use], ["flat", false]);
  assertEquals(saturated!.flags, ["saturated"]);
  const note = formatNote(saturated!);
  assert(
    /^unusable: \d\d % of the lit pixels are saturated, at 65535 counts$/
      .test(note),
    note,
  );
  assertEquals(science!.flags, []);
});

Deno.test("HDUs without data, without a working amplifier or with light differ and are named", async () => {
  const sound = Array.from({ length: 8 }, (_, k) => simulate("bias", 10 + k));
  const random = makeRandom(2);
  const replace = (...others: readonly (readonly [number, Plane])[]) => {
    const planes = [...sound];
    for (const [k, plane] of others) planes[k] = plane;
    return [planes, CARDS.bias] as const;
  };
  const wild = change(
    sound[3]!,
    () => Math.min(65_535, Math.max(0, 32_000 + 9000 * random.normal())),
  );
  const verdicts = await classify({
    sound: [sound, CARDS.bias],
    wild: replace([3, wild]),
    zero: replace([3, change(sound[3]!, () => 0)]),
    offset: replace([3, change(sound[3]!, (old) => old + 30_000)]),
    lit: replace([3, simulate("flat")], [5, simulate("flat", 4)]),
    half: replace([3, change(sound[3]!, (old, row) => row < 700 ? old : 0)]),
  });
  const { sound: whole, ...others } = verdicts;
  assertEquals([whole!.use, whole!.flags], [true, []]);
  const texts = {
    wild: "HDU 4 (B3) differs: its noise is far above the others",
    zero: "HDU 4 (B3) differs: all its pixels are equal",
    offset: "HDU 4 (B3) differs: its level is far above the others",
    lit: "HDU 6 (B5) differs: flat",
    half: "HDU 4 (B3): rows 701 to",
  };
  for (const [name, text] of Object.entries(texts)) {
    const verdict = others[name]!;
    assertEquals(verdict.use, false, name);
    const flag = name === "half" ? "constant-rows" : "hdu-differs";
    assertArrayIncludes<string>(verdict.flags, [flag], name);
    assert(formatNote(verdict).includes(text), formatNote(verdict));
  }
});

Deno.test("a frame of which all pixels are equal is empty, also if it has several HDUs", async () => {
  const dead = constantPlane(700, 260, 0);
  const { one, several } = await classify({
    one: [[dead], CARDS.bias],
    several: [[dead, dead, dead], CARDS.bias],
  });
  assertEquals([one!.use, one!.flags], [false, ["empty"]]);
  assertEquals([several!.use, several!.flags], [false, ["empty"]]);
  assert(formatNote(several!).includes("all pixels are equal"));
});

Deno.test("neither a label nor a trusted header makes damaged pixels usable", async () => {
  const sound = simulate("flat");
  const half = change(sound, (old, row) => row < 700 ? old : 0);
  const cards = { ...CARDS.bias, EXPTIME: 5 };
  const { flat, empty } = await classify({
    flat: [[half], CARDS.flat],
    empty: [[constantPlane(700, 260, 0)], cards],
  }, { trustHeader: true });
  assertEquals([empty!.use, empty!.flags], [false, ["empty"]]);
  for (const label of ["flat", "science"] as const) {
    const labelled = applyLabel(flat!, label);
    assertEquals([labelled.type, labelled.use], [label, false]);
    assertEquals(labelled.flags, ["constant-rows"]);
    assertMatch(formatNote(labelled), /^unusable: rows 701 to/);
  }
});

Deno.test("a label decides whether saturation spoils the frame", () => {
  const flags = ["saturated"];
  const flat = makeVerdict("f.fits", { type: "flat", use: false, flags });
  const judge = (label: "arc" | "flat" | "standard" | "other") => {
    const { use, flags } = applyLabel(flat, label);
    return [use, flags.length];
  };
  assertEquals(judge("arc"), [false, 1]);
  assertEquals(judge("flat"), [false, 1]);
  assertEquals(judge("standard"), [true, 0]);
  assertEquals(judge("other"), [false, 1]);
});

/** An HDU with saturated pixels, or without. */
function makeHdu(saturation: Saturation | null, hdu = 0) {
  const damage = {
    ...{ empty: false, level: 1000, rows: null, columns: null, saturation },
  };
  return { hdu, name: null, damage };
}

Deno.test("listDamage: saturation spoils an arc from 2 % of the pixels of all HDUs", () => {
  const saturation = { level: 65_535, share: 0.4, area: 0.03 };
  const hdu = makeHdu(saturation);
  const list = (...args: Parameters<typeof listDamage>) =>
    listDamage(...args).map(({ flag }) => flag);
  assertEquals(list([hdu], "arc", null), ["saturated"]);
  assertEquals(
    list([makeHdu({ ...saturation, area: 0.012 })], "arc", null),
    [],
  );
  const others = [1, 2, 3].map((k) => makeHdu(null, k));
  assertEquals(list([hdu, ...others], "arc", null), []);
  assertEquals(list([hdu, ...others], "flat", null), ["saturated"]);
  assertEquals(list([hdu], "science", "flat"), []);
});

Deno.test("listDamage: where the pixels show no light, the claim of the header counts", () => {
  const hdu = makeHdu({ level: 60_000, share: 1, area: 1 });
  for (const type of ["unknown", "bias", "dark"] as const) {
    assertEquals(listDamage([hdu], type, "flat").length, 1);
    assertEquals(listDamage([hdu], type, "bias").length, 0);
    assertEquals(listDamage([hdu], type, null).length, 0);
  }
});

Deno.test("listDamage: an empty HDU among others is left to the comparison of HDUs", () => {
  const [dead, sound] = [constantPlane(), simulate("bias")].map((
    plane,
    hdu,
  ) => ({
    ...{ hdu, name: null, damage: measureDamage(plane) },
  }));
  assertEquals(listDamage([dead!, sound!], "bias", null), []);
  assertEquals(listDamage([dead!], "bias", null), [
    { hdu: 0, name: null, flag: "empty" },
  ]);
});
