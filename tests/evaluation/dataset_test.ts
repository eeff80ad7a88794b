import { assertEquals, assertRejects } from "@std/assert";
import { join } from "../../lib/std.ts";
import { SpitError } from "../../lib/errors.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../../lib/preprocess/input_image.ts";
import { FEATURES, FEATURES_VERSION } from "../../lib/preprocess/features.ts";
import {
  preprocess,
  PREPROCESSING_VERSION,
} from "../../lib/preprocess/preprocess.ts";
import {
  type LabelledInputImage,
  OTHER_LABEL,
  realInputImages,
  SHARD_INPUT_IMAGES,
  simulatedInputImages,
  writeDataset,
} from "../../lib/evaluation/dataset.ts";
import { parseManifest } from "../../lib/evaluation/manifest.ts";
import { getSplit } from "../../lib/evaluation/split.ts";
import { readNpy } from "../../lib/evaluation/npy.ts";

const PIXELS = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

function inputImage(
  value: number,
  label: LabelledInputImage["label"],
): LabelledInputImage {
  return {
    pixels: new Uint8Array(PIXELS).fill(value),
    features: new Float32Array(FEATURES.length).fill(value),
    label,
    split: "train",
    source: "real",
    name: `night, one/${value}.fits`,
    instrument: "kast-red",
    night: "2015-08-18",
    confidence: "high",
  };
}

Deno.test("dataset: shards, labels and index agree", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const count = SHARD_INPUT_IMAGES + 2;
    const labels = Array.from({ length: count }, (_, i) => FRAME_TYPES[i % 6]!);
    const inputImages = labels.map((label, i) => inputImage(i % 256, label));
    inputImages.push(inputImage(7, "other"));
    assertEquals(await writeDataset(folder, inputImages), count + 1);

    const second = await readNpy(join(folder, "input_images-0001.npy"));
    assertEquals(second.shape, [3, INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH]);
    assertEquals(
      second.values.slice(PIXELS, PIXELS + 1),
      Uint8Array.of((count - 1) % 256),
    );
    assertEquals(
      (await readNpy(join(folder, "labels-0001.npy"))).values,
      Uint8Array.of((count - 2) % 6, (count - 1) % 6, OTHER_LABEL),
    );
    const features = await readNpy(join(folder, "features-0001.npy"));
    assertEquals(features.shape, [3, FEATURES.length]);
    assertEquals(features.values.at(-1), 7);
    const index = (await Deno.readTextFile(join(folder, "index.csv"))).trimEnd()
      .split("\n");
    assertEquals(index.length, count + 2);
    assertEquals(
      index.at(-1),
      '1,2,other,train,real,"night, one/7.fits",kast-red,2015-08-18,high',
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("dataset: dataset.json records the versions, the order of the labels and the split", async () => {
  const folder = await Deno.makeTempDir();
  const read = async () =>
    JSON.parse(await Deno.readTextFile(join(folder, "dataset.json")));
  try {
    await writeDataset(folder, [inputImage(1, "arc")]);
    assertEquals(await read(), {
      preprocessing: PREPROCESSING_VERSION,
      features: FEATURES_VERSION,
      types: [...FRAME_TYPES],
      split: null,
    });
    const split = { seed: "8", instruments: 0, nights: 0.25 };
    await writeDataset(folder, [inputImage(1, "arc")], { split });
    assertEquals((await read()).split, split);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("dataset: an interrupted dataset has no index, even over an earlier one", async () => {
  const folder = await Deno.makeTempDir();
  function* interrupted() {
    yield inputImage(2, "arc");
    throw new Error("interrupted");
  }
  try {
    await writeDataset(folder, [inputImage(1, "arc")]);
    await assertRejects(
      () => writeDataset(folder, interrupted()),
      Error,
      "interrupted",
    );
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assertEquals(names.includes("index.csv"), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("dataset: simulated input images take the types in turn and repeat from their seed", () => {
  const once = [...simulatedInputImages(7, 11)];
  assertEquals(once.map((one) => one.label), [...FRAME_TYPES, FRAME_TYPES[0]]);
  const [again] = simulatedInputImages(1, 11);
  assertEquals(again, once[0]);
});

Deno.test("dataset: a split in the manifest decides; a missing frame is an error", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const plane = {
      width: 40,
      height: 30,
      pixels: new Uint16Array(1200).map((_, i) => i % 97),
    };
    for (const name of ["a.fits", "b.fits"]) {
      const bytes = encodeFits([{ cards: [], plane }]);
      await Deno.writeFile(join(folder, name), bytes);
    }
    const frames = parseManifest(
      "path,label,usage\na.fits,arc,train\nb.fits,arc,test\n",
      folder,
    );
    const rule = { seed: "", instruments: 0.5, nights: 0 };
    const inputImages = await Array.fromAsync(
      realInputImages(frames, (frame) => getSplit(frame, rule)),
    );
    assertEquals(inputImages.map((one) => one.split), ["train", "validation"]);
    assertEquals(inputImages[0]!.pixels, preprocess(plane).pixels);

    const gone = parseManifest("path,label\ngone.fits,arc\n", folder);
    await assertRejects(
      () =>
        Array.fromAsync(
          realInputImages(gone, (frame) => getSplit(frame, rule)),
        ),
      SpitError,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
