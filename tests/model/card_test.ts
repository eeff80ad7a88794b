import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import { parseCard } from "../../lib/model/card.ts";
import { modelNames, MODELS_FOLDER } from "../../lib/model/find_model.ts";
import {
  STATISTICS,
  STATISTICS_VERSION,
} from "../../lib/preprocess/features.ts";
import { TINY, WARY } from "../tiny.ts";

const text = Deno.readTextFileSync(TINY);
const wary = Deno.readTextFileSync(WARY);

Deno.test("a card reads back as it was written, with statistics and strangeness and without", () => {
  for (const written of [text, wary]) {
    assertEquals(parseCard(written, "my.json") as unknown, JSON.parse(written));
  }
});

Deno.test("the cards of the networks that ship are read", async () => {
  for (const name of await modelNames()) {
    const place = new URL(`${name}.json`, MODELS_FOLDER);
    assertEquals(
      parseCard(await Deno.readTextFile(place), `${name}.json`).name,
      name,
    );
  }
});

function refusal(written: string, fields: Record<string, unknown>): string {
  const card = JSON.stringify({ ...JSON.parse(written), ...fields });
  const error = assertThrows(() => parseCard(card, "my.json"), SpitError);
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
  ["input", { name: "views", type: "float32", shape: ["N", 210, 650] }],
  ["input", { name: "views", type: "uint8", shape: ["N", 650, 210] }],
  ["output", {}],
  ["preprocessing", 2],
  ["vote", { views: 8, majority: 0.75 }],
  ["vote", { views: 4, majority: 0.5 }],
  ["vote", { views: 4, majority: 0.75, alike: "yes" }],
  ["multiply_adds", 0],
  ["multiply_adds", "48712448"],
  ["temperature", 0],
  ["thresholds", { confidence: 1.5 }],
  ["training", "long"],
  ["scores", []],
];

for (const [field, value] of FAULTS) {
  Deno.test(`a card whose ${field} is ${JSON.stringify(value)} is refused by name`, () => {
    const message = refusal(text, { [field]: value });
    assertEquals(message.startsWith(`my.json: "${field}`), true, message);
  });
}

Deno.test("statistics of another version or number are refused", () => {
  const statistics = JSON.parse(wary).statistics;
  assertEquals(statistics, {
    name: "statistics",
    version: STATISTICS_VERSION,
    length: STATISTICS.length,
  });
  assertEquals(
    refusal(wary, { statistics: { ...statistics, version: 0 } }),
    `my.json: "statistics.version" must be ${STATISTICS_VERSION}, ` +
      "the version of the statistics that this toolkit takes, and is 0",
  );
  assertEquals(
    refusal(wary, { statistics: { ...statistics, length: 7 } }),
    `my.json: "statistics.length" must be ${STATISTICS.length}, ` +
      "the number of statistics that this toolkit takes, and is 7",
  );
  const { name: _, ...nameless } = statistics;
  assertMatch(
    refusal(wary, { statistics: nameless }),
    /"statistics\.name" .* is missing$/,
  );
  assertMatch(refusal(wary, { statistics: null }), /"statistics\.name" /);
});

Deno.test("strangeness and its threshold come together", () => {
  assertEquals(
    refusal(wary, { thresholds: { confidence: 0 } }),
    'my.json: "thresholds.strangeness" must be a number from 0 to 1, and is missing',
  );
  assertMatch(
    refusal(wary, { thresholds: { confidence: 0, strangeness: 2 } }),
    /"thresholds\.strangeness" .* is 2$/,
  );
  assertEquals(
    refusal(text, { thresholds: { confidence: 0, strangeness: 0.5 } }),
    'my.json: "thresholds.strangeness" must be left out of a card without "strangeness", and is 0.5',
  );
  assertMatch(
    refusal(wary, { strangeness: "strangeness" }),
    /"strangeness\.name" .* is missing$/,
  );
});

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
