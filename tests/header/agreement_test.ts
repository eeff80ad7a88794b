import { assertEquals } from "@std/assert";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import { agreementOf } from "../../lib/header/agreement.ts";

function of(
  pixels: FrameType | "unknown",
  type: FrameType | null,
  classes: readonly FrameType[] = FRAME_TYPES,
  evidence = type === null ? "" : "OBSTYPE=X",
) {
  return agreementOf(pixels, { type, evidence }, classes);
}

Deno.test("agreement of claim and pixels", () => {
  assertEquals(of("arc", "arc"), "agree");
  assertEquals(of("arc", "science"), "conflict");
  assertEquals(of("standard", "science"), "agree");
  assertEquals(of("science", "standard"), "conflict");
  assertEquals(of("unknown", "science"), "silent");
  assertEquals(of("arc", null), "silent");
  assertEquals(of("bias", "dark"), "conflict");
  assertEquals(of("bias", "dark", ["bias", "arc"]), "silent");
});

Deno.test("a header that contradicts itself is in conflict with any type", () => {
  const cards = "IMAGETYP=OBJECT, OBSTYPE=flat";
  assertEquals(of("flat", null, FRAME_TYPES, cards), "conflict");
  assertEquals(of("bias", null, ["bias"], cards), "conflict");
  assertEquals(of("unknown", null, FRAME_TYPES, cards), "silent");
});
