import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { createByteQueue, queueSource } from "../../lib/io/byte_source.ts";

const CONTENT = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * i) >> 9);

Deno.test("a byte queue returns what was appended, whatever was dropped before", () => {
  const piece = fc.tuple(fc.nat(1_500_000), fc.nat(3_000_000));
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 5 }),
      fc.nat(5_000_000),
      (pieces, at) => {
        const queue = createByteQueue();
        let [end, most] = [0, 0];
        for (const [length, dropped] of pieces) {
          const start = end;
          end = Math.min(CONTENT.length, end + length);
          queue.append(CONTENT.subarray(start, end));
          queue.drop(dropped);
          most = Math.max(most, Math.min(dropped, end));
          assertEquals(queue.end, end);
          assert(queue.start <= most && queue.start > most - 2 ** 20);
        }
        const offset = Math.max(queue.start, Math.min(at, end));
        const target = new Uint8Array(1000);
        const count = queue.copy(offset, target);
        assertEquals(count, Math.min(1000, end - offset));
        assertEquals(
          target.subarray(0, count),
          CONTENT.subarray(offset, offset + count),
        );
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("a queue source has the bytes of its queue, and clears it when it is closed", async () => {
  const queue = createByteQueue();
  for (let at = 0; at < 3000; at++) queue.append(CONTENT.subarray(at, at + 1));
  const source = queueSource(queue);
  assertEquals([source.maxLength, source.memory], [3000, 3000]);
  assertEquals(await source.reach(5000), 3000);
  const target = new Uint8Array(200);
  assertEquals(await source.readInto(2900, target), 100);
  assertEquals(target.subarray(0, 100), CONTENT.subarray(2900, 3000));
  source.close();
  assertEquals(queue.end, 0);
});
