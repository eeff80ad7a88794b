import { assert, assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { spitCommand } from "../commands/spit.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

/** Returns header records, padded to a block. */
function makeHeader(records: readonly string[]): string {
  const text = [...records, "END"].map((record) => record.padEnd(80)).join("");
  return text.padEnd(Math.ceil(text.length / 2880) * 2880);
}

function makeImageHeader(
  width: number,
  height: number,
  more: readonly string[] = [],
) {
  return makeHeader([
    "SIMPLE  =                    T",
    "BITPIX  =                   16",
    "NAXIS   =                    2",
    `NAXIS1  = ${width}`,
    `NAXIS2  = ${height}`,
    ...more,
  ]);
}

/** A primary HDU without an image. */
const EMPTY = makeHeader(["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0"]);

/** Returns a table with rows of 8 bytes whose header describes a tiled image. */
function makeTiledImage(
  axes: readonly number[],
  tiles: readonly number[],
  rows: number,
) {
  return EMPTY + makeHeader([
    "XTENSION= 'BINTABLE'",
    "BITPIX  =                    8",
    "NAXIS   =                    2",
    "NAXIS1  =                    8",
    `NAXIS2  = ${rows}`,
    "PCOUNT  =                   64",
    "GCOUNT  =                    1",
    "TFIELDS =                    1",
    "TTYPE1  = 'COMPRESSED_DATA'",
    "TFORM1  = '1PB(64)'",
    "ZIMAGE  =                    T",
    "ZCMPTYPE= 'RICE_1'",
    "ZBITPIX =                   16",
    "ZNAXIS  =                    2",
    `ZNAXIS1 = ${axes[0]}`,
    `ZNAXIS2 = ${axes[1]}`,
    `ZTILE1  = ${tiles[0]}`,
    `ZTILE2  = ${tiles[1]}`,
  ]) + "\0".repeat(2880);
}

const repeat = (count: number, record: string) =>
  Array.from({ length: count }, () => record);

const zeros = (count: number) => new Uint8Array(count);

function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => typeof part === "string" ? Buffer.from(part) : part),
  );
}

const HUGE_AXIS = 2 ** 62;

/** Small files that describe or expand to a large amount of data, with the code of their error. */
const BOMBS: Readonly<
  Record<string, [make: () => Uint8Array, code: string | undefined]>
> = {
  "a gzip of 400 MB": [
    () =>
      gzipSync(concat(makeImageHeader(16000, 12500), zeros(4e8)), { level: 1 }),
    "too_large",
  ],
  "a gzip of 20,000 members": [
    () => {
      const empty = gzipSync(zeros(0));
      const members = new Uint8Array(20_000 * empty.length);
      for (let k = 0; k < 20_000; k++) members.set(empty, k * empty.length);
      return concat(
        gzipSync(makeImageHeader(1, 1)),
        members,
        gzipSync(zeros(10)),
      );
    },
    undefined,
  ],
  "a bzip2 of 268 MB": [() => Uint8Array.fromBase64(BZIP2), "too_large"],
  "an image of petabytes": [
    () => concat(makeImageHeader(2 ** 40, 2 ** 40)),
    "absurd_axis",
  ],
  "axes of 2⁶²": [
    () => concat(makeImageHeader(HUGE_AXIS, HUGE_AXIS)),
    "absurd_axis",
  ],
  "a negative axis": [() => concat(makeImageHeader(-5, 5)), "bad_header"],
  "999 axes": [
    () => {
      const axes = Array.from({ length: 999 }, (_, k) => `NAXIS${k + 1}`);
      const records = axes.map((axis) => `${axis.padEnd(8)}= 2`);
      return concat(
        makeHeader([
          "SIMPLE  = T",
          "BITPIX  = 16",
          "NAXIS   = 999",
          ...records,
        ]),
      );
    },
    "cube",
  ],
  "a million cards": [
    () => concat(makeImageHeader(9, 9, repeat(1e6, "COMMENT x"))),
    "bad_header",
  ],
  "a string of 200,000 CONTINUE cards": [
    () =>
      concat(makeImageHeader(9, 9, [
        "LONG    = 'x&'",
        ...repeat(200_000, `CONTINUE  '${"x".repeat(60)}&'`),
      ])),
    "truncated_data",
  ],
  "10,000 HDUs": [
    () =>
      concat(
        EMPTY,
        makeHeader([
          "XTENSION= 'IMAGE   '",
          "BITPIX  = 8",
          "NAXIS   = 0",
          "PCOUNT  = 0",
          "GCOUNT  = 1",
        ]).repeat(10_000),
      ),
    "no_image",
  ],
  "tiles of petabytes": [
    () => concat(makeTiledImage([2 ** 30, 2 ** 30], [2 ** 30, 1], 1)),
    "absurd_axis",
  ],
  "a tile that is the whole of a huge image": [
    () => concat(makeTiledImage([10_000, 10_000], [10_000, 10_000], 1)),
    "absurd_axis",
  ],
  "a table of 2³¹ rows": [
    () => concat(makeTiledImage([1000, 2 ** 31], [1000, 1], 2 ** 31)),
    "absurd_axis",
  ],
};

/** `bzip2.compress(bytes(1 << 28))` of Python. */
const BZIP2 =
  "QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kezuTbASo/wADABAAIIAAwzAUppqqoSRsAIkjxdyRThQkGsXyvAA==";

/**
 * Limits on CPU time, which other processes do not affect, and on peak memory. The
 * slowest file takes 3 s; the runtime alone takes 100 MB.
 */
const SECONDS = 30;
const MEGABYTES = 450;

for (const [name, [make, code]] of Object.entries(BOMBS)) {
  Deno.test({
    name: `limited memory and time: ${name}`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      using folder = temporaryFolder();
      await Deno.writeFile(`${folder.path}/bomb.fits`, make());
      const { out, seconds, megabytes } = await classifyBomb(folder.path);
      assertEquals(JSON.parse(out).error?.code, code, out);
      assert(seconds > 0 && seconds < SECONDS, `${seconds} s`);
      assert(megabytes > 50 && megabytes < MEGABYTES, `${megabytes} MB`);
    },
  });
}

/** Classifies `bomb.fits` and samples the CPU time and peak memory of the process. */
async function classifyBomb(
  folder: string,
): Promise<{ out: string; seconds: number; megabytes: number }> {
  const [deno, ...args] = spitCommand(folder);
  const child = new Deno.Command(deno!, {
    // deno-fmt-ignore
    args: [
      ...args, "bomb.fits", "--format", "ndjson", "--workers", "0", "-q",
      "--model", TINY, "--device", "cpu", "--max-bytes", "100000000",
    ],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let [seconds, megabytes] = [0, 0];
  const timer = setInterval(() => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? "0";
      megabytes = Math.max(megabytes, Number(kilobytes) / 1000);
      seconds = Math.max(seconds, readCpuSeconds(child.pid));
    } catch {
      // The process has ended.
    }
  }, 5);
  const { stdout } = await child.output();
  clearInterval(timer);
  return { out: new TextDecoder().decode(stdout), seconds, megabytes };
}

/** Returns the user and system time of a process; Linux counts it in units of 10 ms. */
function readCpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The fields after the command name, which may contain spaces, begin with field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime, stime] = fields.slice(14 - 3, 16 - 3).map(Number);
  return (utime! + stime!) / 100;
}
