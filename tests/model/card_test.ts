import { assertEquals, assertThrows } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { parseCard } from "../../lib/model/card.ts";
import { TINY } from "../tiny.ts";

const text = Deno.readTextFileSync(TINY);

Deno.test("a card reads back as it was written", () => {
  assertEquals(parseCard(text, "tiny.json") as unknown, JSON.parse(text));
});

const FAULTS: [field: string, value: unknown][] = [
  ["name", ""],
  ["version", 1],
  ["onnx", "../elsewhere.onnx"],
  ["sha256", "ABC"],
  ["classes", ["arc", "arc"]],
  ["classes", ["arc", "galaxy"]],
  ["input", { name: "views", type: "float32", shape: ["N", 210, 650] }],
  ["input", { name: "views", type: "uint8", shape: ["N", 650, 210] }],
  ["output", {}],
  ["preprocessing", 2],
  ["vote", { views: 8, majority: 0.75 }],
  ["vote", { views: 4, majority: 0.5 }],
  ["temperature", 0],
  ["thresholds", { confidence: 1.5 }],
  ["training", "long"],
  ["scores", []],
];

for (const [field, value] of FAULTS) {
  Deno.test(`a card whose ${field} is ${JSON.stringify(value)} is refused by name`, () => {
    const card = JSON.stringify({ ...JSON.parse(text), [field]: value });
    const error = assertThrows(() => parseCard(card, "my.json"), SpitError);
    assertEquals(error.code, "bad_card");
    assertEquals(
      error.message.startsWith(`my.json: "${field}`),
      true,
      error.message,
    );
  });
}

Deno.test("every field that code reads is required", () => {
  for (const field of Object.keys(JSON.parse(text))) {
    const card = { ...JSON.parse(text) };
    delete card[field];
    const error = assertThrows(
      () => parseCard(JSON.stringify(card), "my.json"),
      SpitError,
    );
    assertEquals(
      error.message.includes(`"${field}`) &&
        error.message.endsWith("is missing"),
      true,
    );
  }
});

Deno.test("what is no JSON is a bad card, not a crash", () => {
  for (const wrong of ["", "{", "[]", "null", "7"]) {
    assertEquals(
      assertThrows(() => parseCard(wrong, "my.json"), SpitError).code,
      "bad_card",
    );
  }
});
