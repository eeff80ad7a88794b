import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { SpitError } from "../../lib/errors.ts";
import { findModelCard } from "../../lib/model/find_model.ts";
import { openModel } from "../../lib/model/open_model.ts";
import { refuseExternalData } from "../../lib/model/external_data.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

const NETWORK = Deno.readFileSync(TINY.replace(".json", ".onnx"));

/** A protobuf field with bytes in it. */
function field(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = parts.flatMap((part) => [...part]);
  return Uint8Array.from([
    ...varint(number * 8 + 2),
    ...varint(bytes.length),
    ...bytes,
  ]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [0x80 | value & 0x7f, ...varint(value >>> 7)];
}

const text = (value: string) => new TextEncoder().encode(value);

/** A tensor whose values are in a file; its fields as in onnx.proto. */
function outsideTensor(location: string): Uint8Array {
  const entry = field(13, field(1, text("location")), field(2, text(location)));
  const float = Uint8Array.of(0x10, 1);
  return Uint8Array.from([...float, ...field(8, text("w")), ...entry, 0x70, 1]);
}

/** The tiny network with more bytes behind it, which protobuf merges, and its card. */
async function modelWith(folder: string, more: Uint8Array): Promise<string> {
  const onnx = Uint8Array.from([...NETWORK, ...more]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", onnx));
  return await cardWith(folder, { sha256: digest.toHex() }, onnx);
}

async function cardWith(
  folder: string,
  fields: Record<string, unknown>,
  onnx: Uint8Array = NETWORK,
): Promise<string> {
  const card = { ...JSON.parse(await Deno.readTextFile(TINY)), ...fields };
  await Deno.writeFile(`${folder}/tiny.onnx`, onnx);
  await Deno.writeTextFile(`${folder}/tiny.json`, JSON.stringify(card));
  return `${folder}/tiny.json`;
}

async function refusalOf(card: string): Promise<string> {
  const error = await assertRejects(() => openModel(card, "cpu"), SpitError);
  return `${error.code}: ${error.message}`;
}

Deno.test("a network that differs in one bit from the card's sha256 is refused", async () => {
  using folder = temporaryFolder();
  for (const at of [0, NETWORK.length >> 1, NETWORK.length - 1]) {
    const onnx = NETWORK.slice();
    onnx[at]! ^= 1;
    const card = await cardWith(folder.path, {}, onnx);
    assertMatch(await refusalOf(card), /^model_mismatch: .*its sha256 is/);
  }
});

Deno.test("weights in another file are refused, wherever in the network they are", async () => {
  using folder = temporaryFolder();
  const sparse = field(1, outsideTensor("w.bin"));
  const attribute = (inner: Uint8Array) => field(7, field(1, field(5, inner)));
  const places = [
    ...["w.bin", "../../x", "/etc/hostname", "..\\x"].map((location) =>
      field(7, field(5, outsideTensor(location)))
    ),
    field(7, field(15, sparse)),
    attribute(field(5, outsideTensor("w.bin"))),
    attribute(field(6, field(5, outsideTensor("w.bin")))),
    field(25, field(7, field(5, field(5, outsideTensor("w.bin"))))),
  ];
  for (const more of places) {
    const card = await modelWith(folder.path, more);
    assertMatch(
      await refusalOf(card),
      /^model_mismatch: .*weights in another file/,
    );
  }
  const plain = await modelWith(folder.path, field(6, text("a note")));
  await using model = await openModel(plain, "cpu");
  assertEquals(model.card.name, "tiny");
});

Deno.test("no bytes break the look at a network", () => {
  refuseExternalData(NETWORK, "tiny.onnx");
  const changed = fc.tuple(fc.nat(NETWORK.length - 1), fc.nat(255));
  fc.assert(fc.property(fc.array(changed), (changes) => {
    const bytes = NETWORK.slice();
    for (const [at, value] of changes) bytes[at] = value;
    try {
      refuseExternalData(bytes, "x");
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
    }
  }));
  let deep: Uint8Array = new Uint8Array();
  for (let k = 0; k < 500; k++) deep = field(6, field(1, field(5, deep)));
  assertMatch(
    String(
      assertThrowing(() =>
        refuseExternalData(field(7, field(1, field(5, deep))), "x")
      ),
    ),
    /no ONNX file/,
  );
});

function assertThrowing(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

Deno.test("a card names no file but one beside it", async () => {
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
    const card = await cardWith(folder.path, { onnx });
    assertMatch(await refusalOf(card), /^bad_card: .*beside the card/);
  }
});

Deno.test("a model's name is no path out of the folder of models", async () => {
  for (const name of ["..", "../deno", "%2e%2e/deno", "..%2fdeno"]) {
    await assertRejects(() => findModelCard(name), SpitError);
  }
});
