import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { parseModelCard } from "../../lib/model/model_card.ts";
import { modelNames, MODELS_FOLDER } from "../../lib/model/find_model.ts";
import { FEATURES, FEATURES_VERSION } from "../../lib/preprocess/features.ts";
import { TINY, WARY } from "../tiny.ts";

const text = Deno.readTextFileSync(TINY);
const wary = Deno.readTextFileSync(WARY);

Deno.test("parseModelCard() returns all fields, with and without features and ood", () => {
  for (const written of [text, wary]) {
    assertEquals(
      parseModelCard(written, "my.json") as unknown,
      JSON.parse(written),
    );
  }
});

Deno.test("parseModelCard() accepts the cards of the installed models", async () => {
  for (const name of await modelNames()) {
    const place = new URL(`${name}.json`, MODELS_FOLDER);
    assertEquals(
      parseModelCard(await Deno.readTextFile(place), `${name}.json`).name,
      name,
    );
  }
});

function refusal(written: string, fields: Record<string, unknown>): string {
  const card = JSON.stringify({ ...JSON.parse(written), ...fields });
  const error = assertThrows(() => parseModelCard(card, "my.json"), SpitError);
  assertEquals(error.code, "bad_card");
  return error.message;
}

const FAULTS: [field: string, value: unknown][] = [
  ["name", ""],
  ["version", 1],
  ["onnx", "../elsewhere.onnx"],
  ["sha256", "ABC"],
  ["classes", ["arc", "arc"]],
  ["classes", ["arc", "galaxy"]],
  ["input", { name: "flips", type: "float32", shape: ["N", 210, 650] }],
  ["input", { name: "flips", type: "uint8", shape: ["N", 650, 210] }],
  ["output", {}],
  ["preprocessing", 2],
  ["vote", { flips: 8, majority: 0.75 }],
  ["vote", { flips: 4, majority: 0.5 }],
  ["vote", { flips: 4, majority: 0.75, flip_invariant: "yes" }],
  ["multiply_adds", 0],
  ["multiply_adds", "48712448"],
  ["temperature", 0],
  ["thresholds", { probability: 1.5 }],
  ["training", "long"],
  ["scores", []],
];

for (const [field, value] of FAULTS) {
  Deno.test(`a model card whose ${field} is ${JSON.stringify(value)} is refused with the name of the field`, () => {
    const message = refusal(text, { [field]: value });
    assertEquals(message.startsWith(`my.json: "${field}`), true, message);
  });
}

Deno.test("features of another version or length are refused", () => {
  const features = JSON.parse(wary).features;
  assertEquals(features, {
    name: "statistics",
    version: FEATURES_VERSION,
    length: FEATURES.length,
  });
  assertEquals(
    refusal(wary, { features: { ...features, version: 0 } }),
    `my.json: "features.version" must be ${FEATURES_VERSION}, ` +
      "the version of the features that this toolkit computes, and is 0",
  );
  assertEquals(
    refusal(wary, { features: { ...features, length: 7 } }),
    `my.json: "features.length" must be ${FEATURES.length}, ` +
      "the number of features that this toolkit computes, and is 7",
  );
  const { name: _, ...nameless } = features;
  assertMatch(
    refusal(wary, { features: nameless }),
    /"features\.name" .* is missing$/,
  );
  assertEquals(
    refusal(wary, { features: null }),
    'my.json: "features" must be an object, and is null',
  );
});

Deno.test("ood and thresholds.ood are required together", () => {
  assertEquals(
    refusal(wary, { thresholds: { probability: 0 } }),
    'my.json: "thresholds.ood" must be a number from 0 to 1, and is missing',
  );
  assertMatch(
    refusal(wary, { thresholds: { probability: 0, ood: 2 } }),
    /"thresholds\.ood" .* is 2$/,
  );
  assertEquals(
    refusal(text, { thresholds: { probability: 0, ood: 0.5 } }),
    'my.json: "thresholds.ood" must be left out of a card without "ood", and is 0.5',
  );
  assertEquals(
    refusal(wary, { ood: "ood" }),
    'my.json: "ood" must be an object, and is "ood"',
  );
});

Deno.test("a missing field is reported as missing", () => {
  const { evidence: _, ...required } = JSON.parse(text);
  for (const field of Object.keys(required)) {
    const card = { ...required };
    delete card[field];
    const error = assertThrows(
      () => parseModelCard(JSON.stringify(card), "my.json"),
      SpitError,
    );
    assertEquals(
      error.message.includes(`"${field}`) &&
        error.message.endsWith("is missing"),
      true,
    );
  }
});

Deno.test("text that is not JSON, or not an object, is a bad_card", () => {
  for (const wrong of ["", "{", "[]", "null", "7"]) {
    assertEquals(
      assertThrows(() => parseModelCard(wrong, "my.json"), SpitError).code,
      "bad_card",
    );
  }
});
