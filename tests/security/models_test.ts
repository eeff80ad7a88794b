import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import { SpitError } from "../../lib/errors.ts";
import { findModelCard } from "../../lib/model/find_model.ts";
import { openModel } from "../../lib/model/open_model.ts";
import { refuseExternalData } from "../../lib/model/external_data.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

const ONNX = Deno.readFileSync(TINY.replace(".json", ".onnx"));

/** Encodes a protobuf field with bytes as its value. */
function encodeField(
  number: number,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const bytes = parts.flatMap((part) => [...part]);
  return Uint8Array.from([
    ...encodeVarint(number * 8 + 2),
    ...encodeVarint(bytes.length),
    ...bytes,
  ]);
}

function encodeVarint(value: number): number[] {
  return value < 0x80
    ? [value]
    : [0x80 | value & 0x7f, ...encodeVarint(value >>> 7)];
}

const text = (value: string) => new TextEncoder().encode(value);

/** Encodes a tensor whose values are in another file, as onnx.proto defines it. */
function encodeExternalTensor(location: string): Uint8Array {
  const entry = encodeField(
    13,
    encodeField(1, text("location")),
    encodeField(2, text(location)),
  );
  const float = Uint8Array.of(0x10, 1);
  return Uint8Array.from([
    ...float,
    ...encodeField(8, text("w")),
    ...entry,
    0x70,
    1,
  ]);
}

/** Writes the tiny model with bytes appended, which protobuf merges, and its card. */
async function writeModel(folder: string, more: Uint8Array): Promise<string> {
  const onnx = Uint8Array.from([...ONNX, ...more]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", onnx));
  return await writeCard(folder, { sha256: digest.toHex() }, onnx);
}

/** Writes the tiny model and its card with some fields replaced; returns the card's path. */
async function writeCard(
  folder: string,
  fields: Record<string, unknown>,
  onnx: Uint8Array = ONNX,
): Promise<string> {
  const card = { ...JSON.parse(await Deno.readTextFile(TINY)), ...fields };
  await Deno.writeFile(`${folder}/tiny.onnx`, onnx);
  await Deno.writeTextFile(`${folder}/tiny.json`, JSON.stringify(card));
  return `${folder}/tiny.json`;
}

async function assertRefused(card: string, code: string): Promise<void> {
  const error = await assertRejects(() => openModel(card, "cpu"), SpitError);
  assertEquals(error.code, code, error.message);
}

Deno.test("a model that differs in one bit from the card's sha256 is refused", async () => {
  using folder = temporaryFolder();
  for (const at of [0, ONNX.length >> 1, ONNX.length - 1]) {
    const onnx = ONNX.slice();
    onnx[at]! ^= 1;
    const card = await writeCard(folder.path, {}, onnx);
    await assertRefused(card, "model_mismatch");
  }
});

Deno.test("the sha256 is that of the bytes that are loaded", async () => {
  using folder = temporaryFolder();
  const card = await writeCard(folder.path, {});
  const { readFile } = Deno;
  let reads = 0;
  Deno.readFile = async (...parts) => {
    const bytes = await readFile(...parts);
    if (!`${parts[0]}`.endsWith(".onnx")) return bytes;
    reads++;
    // A second read, also by the native library, would fail.
    await Deno.remove(parts[0]);
    return bytes;
  };
  try {
    await using model = await openModel(card, "cpu");
    assertEquals([model.card.name, reads], ["tiny", 1]);
  } finally {
    Deno.readFile = readFile;
  }
});

Deno.test("a model with weights in another file is refused, wherever they are referenced", async () => {
  using folder = temporaryFolder();
  const sparse = encodeField(1, encodeExternalTensor("w.bin"));
  const attribute = (inner: Uint8Array) =>
    encodeField(7, encodeField(1, encodeField(5, inner)));
  const references = [
    ...["w.bin", "../../x", "/etc/hostname", "..\\x"].map((location) =>
      encodeField(7, encodeField(5, encodeExternalTensor(location)))
    ),
    encodeField(7, encodeField(15, sparse)),
    attribute(encodeField(5, encodeExternalTensor("w.bin"))),
    attribute(encodeField(6, encodeField(5, encodeExternalTensor("w.bin")))),
    encodeField(
      25,
      encodeField(
        7,
        encodeField(5, encodeField(5, encodeExternalTensor("w.bin"))),
      ),
    ),
  ];
  for (const more of references) {
    const card = await writeModel(folder.path, more);
    await assertRefused(card, "model_mismatch");
  }
  // With a doc_string appended instead, the same model opens.
  const harmless = encodeField(6, text("a note"));
  const card = await writeModel(folder.path, harmless);
  await using model = await openModel(card, "cpu");
  assertEquals(model.card.name, "tiny");
});

Deno.test("damaged model files throw no error but SpitError", () => {
  refuseExternalData(ONNX, "tiny.onnx");
  const changed = fc.tuple(fc.nat(ONNX.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(changed), (changes) => {
      const bytes = ONNX.slice();
      for (const [at, value] of changes) bytes[at] = value;
      try {
        refuseExternalData(bytes, "x");
      } catch (error) {
        if (!(error instanceof SpitError)) throw error;
      }
    }),
    { seed: 1 },
  );
});

Deno.test("a graph nested 500 levels deep is refused", () => {
  const nest = (number: number, inner: Uint8Array) =>
    encodeField(number, encodeField(1, encodeField(5, inner)));
  let graph: Uint8Array = new Uint8Array();
  for (let k = 0; k < 500; k++) graph = nest(6, graph);
  const error = assertThrows(
    () => refuseExternalData(nest(7, graph), "x"),
    SpitError,
  );
  assertEquals(error.code, "inference");
});

Deno.test("a card can name only a file in its own folder", async () => {
  using folder = temporaryFolder();
  const names = [
    "../tiny.onnx",
    "/etc/passwd",
    "..",
    ".",
    "a/b.onnx",
    "..\\tiny.onnx",
    "C:\\x.onnx",
    "http://x/y",
    "tiny.onnx\0",
    "",
  ];
  for (const onnx of names) {
    const card = await writeCard(folder.path, { onnx });
    await assertRefused(card, "bad_card");
  }
});

Deno.test("a model's name cannot lead out of the folder of models", async () => {
  for (const name of ["..", "../deno", "%2e%2e/deno", "..%2fdeno"]) {
    await assertRejects(() => findModelCard(name), SpitError);
  }
});
