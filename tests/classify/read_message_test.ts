import { assertEquals } from "@std/assert";
import { packed, unpacked } from "../../lib/classify/read_message.ts";
import { SpitError } from "../../lib/errors.ts";
import { NO_LOG } from "../no_log.ts";

const READ = {
  header: { type: null, evidence: "" },
  path: "r1.fits",
  log: NO_LOG,
  hdus: [0],
  shown: [],
  error: null,
} as const;

Deno.test("flips and features are given away, not copied", () => {
  const flips = new Uint8Array(1000).fill(7);
  const features = Float32Array.of(1, 2);
  const file = { ...READ, flips };
  const { message, given } = packed({ ...file, features });
  assertEquals(given, [flips.buffer, features.buffer]);
  const arrived = unpacked(structuredClone(message, { transfer: given }));
  assertEquals(arrived, {
    ...file,
    flips: new Uint8Array(1000).fill(7),
    features: Float32Array.of(1, 2),
  });
  assertEquals([flips.length, features.length], [0, 0]);
});

Deno.test("a part of a larger buffer is copied, and that stays whole", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const flips = new Uint8Array(memory.buffer, 64, 3).fill(7);
  const { message, given } = packed({
    ...READ,
    flips,
    features: null,
  });
  const arrived = unpacked(structuredClone(message, { transfer: given }));
  assertEquals(arrived.error === null && arrived.flips, Uint8Array.of(7, 7, 7));
  assertEquals(flips.length, 3);
});

Deno.test("an error arrives as itself, but for its cause", () => {
  const place = { file: "r1.fits", hdu: 1, card: "NAXIS", byte: 2880 };
  const error = new SpitError("bad_header", "no number", {
    ...place,
    cause: new Error("x"),
  });
  const { message, given } = packed({
    path: "r1.fits",
    header: null,
    log: null,
    error,
  });
  const arrived = unpacked(structuredClone(message, { transfer: given }));
  const found = arrived.error!;
  assertEquals(arrived, {
    path: "r1.fits",
    header: null,
    log: null,
    error: found,
  });
  assertEquals(found instanceof SpitError, true);
  assertEquals(
    [
      found.code,
      found.description,
      found.file,
      found.hdu,
      found.byte,
      found.message,
      found.cause,
    ],
    [
      error.code,
      error.description,
      error.file,
      error.hdu,
      error.byte,
      error.message,
      undefined,
    ],
  );
});
