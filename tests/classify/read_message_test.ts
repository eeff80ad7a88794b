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

Deno.test("views and statistics are given away, not copied", () => {
  const views = new Uint8Array(1000).fill(7);
  const statistics = Float32Array.of(1, 2);
  const file = { ...READ, views };
  const { message, given } = packed({ ...file, statistics });
  assertEquals(given, [views.buffer, statistics.buffer]);
  const arrived = unpacked(structuredClone(message, { transfer: given }));
  assertEquals(arrived, {
    ...file,
    views: new Uint8Array(1000).fill(7),
    statistics: Float32Array.of(1, 2),
  });
  assertEquals([views.length, statistics.length], [0, 0]);
});

Deno.test("a part of a larger buffer is copied, and that stays whole", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const views = new Uint8Array(memory.buffer, 64, 3).fill(7);
  const { message, given } = packed({
    ...READ,
    views,
    statistics: null,
  });
  const arrived = unpacked(structuredClone(message, { transfer: given }));
  assertEquals(arrived.error === null && arrived.views, Uint8Array.of(7, 7, 7));
  assertEquals(views.length, 3);
});

Deno.test("an error arrives as itself, but for its cause", () => {
  const place = { file: "r1.fits", hdu: 1, card: "NAXIS", byte: 2880 };
  const error = new SpitError("bad_header", "no number", place, new Error("x"));
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
    [found.code, found.what, found.place, found.message, found.cause],
    [error.code, error.what, error.place, error.message, undefined],
  );
});
