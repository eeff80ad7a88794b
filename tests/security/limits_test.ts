import { assert, assertEquals } from "@std/assert";
import { allowedMegabytes, BOMBS, LIMIT, measureBomb } from "./bombs.ts";

/**
 * Limit on CPU time, which other processes do not affect. The slowest file takes 5 s; the
 * runtime alone takes 100 MB.
 */
const SECONDS = 30;

for (const [name, bomb] of Object.entries(BOMBS)) {
  const { code, rowBytes = 10_000, limits = [undefined, LIMIT] } = bomb;
  for (const limit of limits) {
    const option = limit === undefined ? "" : ` --max-bytes ${limit}`;
    Deno.test({
      name: `limited memory and time: ${name}${option}`,
      ignore: Deno.build.os !== "linux",
      async fn() {
        const { out, err, exit, seconds, megabytes } = await measureBomb(
          bomb,
          limit,
        );
        if (code === undefined) {
          assertEquals([out, exit], ["", 2], err);
          assert(err.length < 1000 && err.trim() !== "", err);
        } else {
          assert(out.length < rowBytes, `a row of ${out.length} bytes`);
          assertEquals(JSON.parse(out).error?.code ?? null, code, out + err);
        }
        const most = allowedMegabytes(limit);
        assert(megabytes > 30 && megabytes < most, `${megabytes} MB`);
        assert(seconds < SECONDS, `${seconds} s`);
      },
    });
  }
}
