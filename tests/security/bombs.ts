/**
 * Small inputs that describe, or expand to, far more than they contain, and the peak
 * memory of the command line that reads them.
 *
 * `deno run -A tests/security/bombs.ts [NAME]` prints the table of docs/failures.md; with a
 * name, only the inputs whose names contain it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { makeRandom } from "../../lib/simulate/random.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spitCommand } from "../commands/spit.ts";

/** An input of the command line, in the folder where it runs. */
export interface Bomb {
  /** Content of `bomb.fits`. */
  readonly file: () => Uint8Array;
  /** Arguments. Default: the file. `:8000` in an address stands for the port of `served`. */
  readonly args?: readonly string[];
  /** Bytes to repeat on standard input, without an end. */
  readonly input?: string;
  /** Body that a web server sends in chunks of one byte. */
  readonly served?: () => Uint8Array;
  /** The code of the error of its row; `null` for a row without an error. Absent: no row, and exit code 2. */
  readonly code?: string | null;
  /** Largest size of the row, bytes. Default: 10,000. */
  readonly rowBytes?: number;
  /** Values of `--max-bytes` that are tried. Default: 100 MB, and none. */
  readonly limits?: readonly (number | undefined)[];
}

/** `--max-bytes` of the tests that set it. */
export const LIMIT = 100_000_000;

/** Default of `--max-bytes`. */
export const DEFAULT_LIMIT = 4 * 1024 ** 3;

/** Returns header records, padded to a block. */
export function makeHeader(records: readonly string[]): string {
  const text = [...records, "END"].map((record) => record.padEnd(80)).join("");
  return text.padEnd(Math.ceil(text.length / 2880) * 2880);
}

export function makeImageHeader(
  width: number,
  height: number,
  more: readonly string[] = [],
): string {
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
export const EMPTY: string = makeHeader([
  "SIMPLE  = T",
  "BITPIX  = 8",
  "NAXIS   = 0",
]);

interface TiledImage {
  readonly bitpix: 8 | 16;
  readonly side: number;
  readonly compression: string;
  /** Pixels of a Rice block. */
  readonly blocksize?: number;
}

/** Returns a square image of one tile, which contains the bytes given. */
function makeOneTile(
  { bitpix, side, compression, blocksize = 32 }: TiledImage,
  tile: Uint8Array,
): Uint8Array {
  const header = makeHeader([
    "XTENSION= 'BINTABLE'",
    "BITPIX  =                    8",
    "NAXIS   =                    2",
    "NAXIS1  =                    8",
    "NAXIS2  =                    1",
    `PCOUNT  = ${tile.length}`,
    "GCOUNT  =                    1",
    "TFIELDS =                    1",
    "TTYPE1  = 'COMPRESSED_DATA'",
    "TFORM1  = '1PB'",
    "ZIMAGE  =                    T",
    `ZCMPTYPE= '${compression}'`,
    `ZBITPIX = ${bitpix}`,
    "ZNAXIS  =                    2",
    `ZNAXIS1 = ${side}`,
    `ZNAXIS2 = ${side}`,
    `ZTILE1  = ${side}`,
    `ZTILE2  = ${side}`,
    "ZNAME1  = 'BLOCKSIZE'",
    `ZVAL1   = ${blocksize}`,
    "ZNAME2  = 'BYTEPIX'",
    `ZVAL2   = ${bitpix / 8}`,
  ]);
  const descriptor = new Uint8Array(8);
  new DataView(descriptor.buffer).setUint32(0, tile.length);
  return concat(EMPTY, header, descriptor, tile, zeros(2880));
}

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

const HUGE_AXIS = 2 ** 62;

/** `bzip2.compress(bytes(1 << 28))` of Python. */
const BZIP2 =
  "QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kezuTbASo/wADABAAIIAAwzAUppqqoSRsAIkjxdyRThQkGsXyvAA==";

/** Compresses zeros with gzip, in members of 1 MiB, without having them in memory. */
function gzipZeros(length: number): Uint8Array {
  const size = 1 << 20;
  const member = gzipSync(zeros(size));
  const members = Array.from(
    { length: Math.floor(length / size) },
    () => member,
  );
  return concat(...members, gzipSync(zeros(length % size)));
}

/** Returns a zstd frame of blocks of 128 KiB zeros, each in four bytes. */
export function zstdZeros(blocks: number): Uint8Array {
  const body = new Uint8Array(4 * blocks);
  for (let k = 0; k < blocks; k++) body.set([2, 0, 0x10, 0], 4 * k);
  // The last block.
  body[4 * (blocks - 1)] = 3;
  return concat(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58), body);
}

/** Returns a file compressed byte by byte. */
function gzipEachByte(content: Uint8Array): Uint8Array {
  const members = Array.from(
    { length: 256 },
    (_, byte) => gzipSync(new Uint8Array([byte])),
  );
  return Buffer.concat(Array.from(content, (byte) => members[byte]!));
}

const zeros = (count: number) => new Uint8Array(count);

export function concat(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => typeof part === "string" ? Buffer.from(part) : part),
  );
}

const frame = (width = 700, height = 260) => fitsOf([evenPlane(width, height)]);

const gzipTile = (side: number, compression: string, pixelBytes = 8) => () =>
  makeOneTile(
    { bitpix: 8, side, compression },
    gzipZeros(pixelBytes * side ** 2),
  );

const riceTile = (side: number) => () =>
  makeOneTile(
    { bitpix: 8, side, compression: "RICE_1", blocksize: 2 ** 31 - 1 },
    zeros(64),
  );

const makeImages = (count: number) => {
  const image = makeHeader([
    "XTENSION= 'IMAGE   '",
    "BITPIX  = 16",
    "NAXIS   = 2",
    "NAXIS1  = 2",
    "NAXIS2  = 2",
    "PCOUNT  = 0",
    "GCOUNT  = 1",
  ]) + "\0".repeat(2880);
  return concat(EMPTY, Buffer.alloc(count * image.length, image));
};

/** A table of 120 MB before a small image; its rows are a hole of the file. */
const makeTableBeforeImage = () => {
  const table = makeHeader([
    "XTENSION= 'BINTABLE'",
    "BITPIX  = 8",
    "NAXIS   = 2",
    "NAXIS1  = 2880",
    "NAXIS2  = 41667",
    "PCOUNT  = 0",
    "GCOUNT  = 1",
    "TFIELDS = 1",
    "TFORM1  = '2880B'",
  ]);
  const image = Buffer.from(frame());
  const extension = Buffer.from(
    "XTENSION= 'IMAGE   '".padEnd(80),
  );
  extension.copy(image);
  return concat(EMPTY, table, zeros(2880 * 41667), image);
};

/** A frame whose OBJECT has 12.7 MB. */
const makeLongObject = () => {
  const cards = [
    "OBJECT  = 'x&'",
    ...Array.from(
      { length: 190_000 },
      () => `CONTINUE  '${"x".repeat(67)}&'`,
    ),
  ].map((record) => record.padEnd(80));
  const bytes = Buffer.from(frame());
  const end = bytes.indexOf("END".padEnd(80));
  const header = bytes.subarray(0, end).toString("latin1") + cards.join("") +
    "END".padEnd(80);
  const data = bytes.subarray(Math.ceil((end + 80) / 2880) * 2880);
  return concat(
    header.padEnd(Math.ceil(header.length / 2880) * 2880),
    data,
  );
};

interface LargeImages {
  readonly bitpix: number;
  readonly images?: number;
  /** Bytes of the pixels of each image. Default: the limit. */
  readonly bytes?: number;
  readonly cards?: readonly string[];
  /** Whether all images have the pattern of one detector. */
  readonly areReads?: boolean;
}

/** Returns images that are higher than wide, so that they are turned. */
const makeLargeImages = (
  { bitpix, images = 1, bytes = LIMIT, cards = [], areReads = false }:
    LargeImages,
) => {
  const pixelBytes = Math.abs(bitpix) / 8;
  const width = Math.floor(Math.sqrt(bytes / pixelBytes / 1.1));
  const height = Math.floor(bytes / pixelBytes / width);
  const records = [
    `BITPIX  = ${bitpix}`,
    "NAXIS   = 2",
    `NAXIS1  = ${width}`,
    `NAXIS2  = ${height}`,
    ...cards,
  ];
  const random = makeRandom(1);
  const noise = Uint8Array.from(
    { length: 1_000_003 },
    // The first byte of a float, so that none is NaN or infinite.
    (_, k) =>
      bitpix < 0 && k % pixelBytes === 0 ? 0x41 : random.uniform() * 256,
  );
  const dataBytes = Math.ceil(width * height * pixelBytes / 2880) * 2880;
  return concat(...Array.from({ length: images }, (_, k) => {
    const first = k === 0
      ? ["SIMPLE  = T"]
      : ["XTENSION= 'IMAGE   '", "PCOUNT  = 0", "GCOUNT  = 1"];
    const pattern = areReads ? noise : noise.subarray(k);
    const pixels = Buffer.alloc(dataBytes, pattern);
    pixels[1] = k;
    return concat(makeHeader([...first, ...records]), pixels);
  }));
};

export const BOMBS: Readonly<Record<string, Bomb>> = {
  "1 MB of one-byte gzip members": {
    file: () => gzipEachByte(frame(200, 120)),
    code: null,
  },
  "5 MB of one-byte gzip members": {
    file: () => gzipEachByte(frame(480, 260)),
    code: null,
  },
  "a GZIP_1 tile of 8 bytes per 1-byte pixel, 9,900²": {
    file: gzipTile(9_900, "GZIP_1"),
    code: "too_large",
    limits: [LIMIT],
  },
  "a GZIP_2 tile of 8 bytes per 1-byte pixel, 9,900²": {
    file: gzipTile(9_900, "GZIP_2"),
    code: "too_large",
    limits: [LIMIT],
  },
  "a GZIP_1 tile of 8 bytes per 1-byte pixel, 20,000²": {
    file: gzipTile(20_000, "GZIP_1"),
    code: "bad_tile",
    limits: [undefined],
  },
  "a Rice tile with BLOCKSIZE 2³¹−1, 9,900²": {
    file: riceTile(9_900),
    code: "absurd_axis",
    limits: [LIMIT],
  },
  "a Rice tile with BLOCKSIZE 2³¹−1, 30,000²": {
    file: riceTile(30_000),
    code: "absurd_axis",
    limits: [undefined],
  },
  "a .gz of 32,000 images of 2×2": {
    file: () => gzipSync(makeImages(32_000), { level: 1 }),
    code: "too_large",
  },
  // A million take the runtime 30 s of CPU time; tests/io/http_test.ts has them without it.
  "an HTTP body of 200,000 one-byte chunks": {
    file: () => zeros(0),
    served: () => frame(400, 250),
    args: ["http://127.0.0.1:8000/frame.fits"],
    code: null,
  },
  "@/dev/zero": { file: () => frame(), args: ["@/dev/zero"] },
  "zeros on standard input": { file: () => frame(), args: ["-"], input: "\0" },
  "zeros on standard input of --stream": {
    file: () => frame(),
    args: ["-", "--stream"],
    input: "\0",
    limits: [LIMIT],
  },
  "--labels /dev/zero": {
    file: () => frame(),
    args: ["bomb.fits", "--labels", "/dev/zero"],
  },
  "--workers 99999999999": {
    file: () => frame(),
    args: ["bomb.fits", "--workers", "99999999999"],
  },
  "an OBJECT of 12.7 MB": { file: makeLongObject, code: null },
  "a table of 120 MB before an image": {
    file: makeTableBeforeImage,
    code: null,
    limits: [LIMIT],
  },
  "an image of 16-bit pixels as large as the limit": {
    file: () => makeLargeImages({ bitpix: 16 }),
    code: null,
    limits: [LIMIT],
  },
  "an image of bytes as large as the limit": {
    file: () => makeLargeImages({ bitpix: 8 }),
    code: null,
    limits: [LIMIT],
  },
  "an image of floats as large as the limit": {
    file: () => makeLargeImages({ bitpix: -32 }),
    code: null,
    limits: [LIMIT],
  },
  "an image that is as large as the limit when it is scaled": {
    file: () =>
      makeLargeImages({ bitpix: 16, bytes: LIMIT / 3, cards: ["BSCALE  = 2"] }),
    code: null,
    limits: [LIMIT],
  },
  "three images, each as large as the limit": {
    file: () => makeLargeImages({ bitpix: 16, images: 3 }),
    code: null,
    limits: [LIMIT],
  },
  "two reads, each as large as the limit": {
    file: () => makeLargeImages({ bitpix: 16, images: 2, areReads: true }),
    code: null,
    limits: [LIMIT],
  },
  "two reads of bytes, each as large as the limit": {
    file: () => makeLargeImages({ bitpix: 8, images: 2, areReads: true }),
    code: "too_large",
    limits: [LIMIT],
  },
  "a gzip of 400 MB": {
    file: () =>
      gzipSync(concat(makeImageHeader(16000, 12500), zeros(4e8)), { level: 1 }),
    code: "too_large",
    limits: [LIMIT],
  },
  "a gzip of 20,000 members": {
    file: () => {
      const empty = gzipSync(zeros(0));
      const members = new Uint8Array(20_000 * empty.length);
      for (let k = 0; k < 20_000; k++) members.set(empty, k * empty.length);
      return concat(
        gzipSync(makeImageHeader(1, 1)),
        members,
        gzipSync(zeros(10)),
      );
    },
    code: null,
    limits: [LIMIT],
  },
  "a zstd of 32 GiB": {
    file: () => zstdZeros(262_144),
    code: "too_large",
    limits: [LIMIT],
  },
  "a bzip2 of 268 MB": {
    file: () => Uint8Array.fromBase64(BZIP2),
    code: "too_large",
    limits: [LIMIT],
  },
  "an image of petabytes": {
    file: () => concat(makeImageHeader(2 ** 40, 2 ** 40)),
    code: "absurd_axis",
    limits: [LIMIT],
  },
  "axes of 2⁶²": {
    file: () => concat(makeImageHeader(HUGE_AXIS, HUGE_AXIS)),
    code: "absurd_axis",
    limits: [LIMIT],
  },
  "a negative axis": {
    file: () => concat(makeImageHeader(-5, 5)),
    code: "bad_header",
    limits: [LIMIT],
  },
  "999 axes": {
    file: () => {
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
    code: "cube",
    limits: [LIMIT],
  },
  "a million cards": {
    file: () => concat(makeImageHeader(9, 9, repeat(1e6, "COMMENT x"))),
    code: "bad_header",
    limits: [LIMIT],
  },
  "a string of 200,000 CONTINUE cards": {
    file: () =>
      concat(makeImageHeader(9, 9, [
        "LONG    = 'x&'",
        ...repeat(200_000, `CONTINUE  '${"x".repeat(60)}&'`),
      ])),
    code: "truncated_data",
    limits: [LIMIT],
  },
  "10,000 HDUs": {
    file: () =>
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
    code: "no_image",
    limits: [LIMIT],
  },
  "tiles of petabytes": {
    file: () => concat(makeTiledImage([2 ** 30, 2 ** 30], [2 ** 30, 1], 1)),
    code: "absurd_axis",
    limits: [LIMIT],
  },
  "a tile that is the whole of a huge image": {
    file: () => concat(makeTiledImage([10_000, 10_000], [10_000, 10_000], 1)),
    code: "absurd_axis",
    limits: [LIMIT],
  },
  "a table of 2³¹ rows": {
    file: () => concat(makeTiledImage([1000, 2 ** 31], [1000, 1], 2 ** 31)),
    code: "absurd_axis",
    limits: [LIMIT],
  },
};

/** Returns the largest peak memory that is allowed for a limit, megabytes. */
export function allowedMegabytes(limit: number = DEFAULT_LIMIT): number {
  return (2 * limit) / 1e6 + 200;
}

/** What reading a bomb took. */
export interface Measurement {
  /** Standard output and error. */
  readonly out: string;
  readonly err: string;
  readonly exit: number;
  /** CPU time. */
  readonly seconds: number;
  /** Peak resident memory. */
  readonly megabytes: number;
}

/** Processes with more memory or CPU time are ended. */
const MOST_MEGABYTES = 9_000;
const MOST_SECONDS = 150;

/** Classifies a bomb with one thread, and samples the CPU time and peak memory. */
export async function measureBomb(
  { file, args = ["bomb.fits"], input, served }: Bomb,
  limit: number | undefined,
): Promise<Measurement> {
  using folder = temporaryFolder();
  await Deno.writeFile(`${folder.path}/bomb.fits`, file());
  await using server = served && serveByByte(served());
  const [deno, run, ...rest] = spitCommand(folder.path);
  const named = args.map((arg) => arg.replace(":8000", `:${server?.port}`));
  const child = new Deno.Command(deno!, {
    // deno-fmt-ignore
    args: [
      run!, ...(server ? ["--allow-net"] : []), ...rest, ...named,
      ...(args.includes("--workers") ? [] : ["--workers", "0"]),
      "--format", "ndjson", "-q", "--timeout", "1000", "--model", TINY, "--device", "cpu",
      ...(limit === undefined ? [] : ["--max-bytes", `${limit}`]),
    ],
    cwd: folder.path,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [seconds, megabytes] = [0, 0];
  const timer = setInterval(() => {
    try {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? "0";
      megabytes = Math.max(megabytes, Number(kilobytes) / 1000);
      seconds = Math.max(seconds, readCpuSeconds(child.pid));
      const isTooMuch = megabytes > MOST_MEGABYTES || seconds > MOST_SECONDS;
      if (isTooMuch) child.kill("SIGKILL");
    } catch {
      // The process has ended.
    }
  }, 5);
  const writing = input === undefined ? undefined : repeatInto(child, input);
  const { code: exit, stdout, stderr } = await child.output();
  await writing;
  clearInterval(timer);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { out: text(stdout), err: text(stderr), exit, seconds, megabytes };
}

/** Writes a text to standard input again and again, until the process ends. */
async function repeatInto(
  { stdin }: Deno.ChildProcess,
  text: string,
): Promise<void> {
  const chunk = new TextEncoder().encode(text.repeat(65_536));
  const writer = stdin.getWriter();
  try {
    while (true) await writer.write(chunk);
  } catch {
    // The process no longer reads.
  }
}

/** Serves a body over HTTP in chunks of one byte each, as `fetch` then receives them. */
function serveByByte(body: Uint8Array): { port: number } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" +
    "Connection: close\r\n\r\n";
  const chunk = Buffer.from("1\r\n \r\n");
  const chunks = Buffer.alloc(chunk.length * body.length, chunk);
  body.forEach((byte, k) => chunks[k * chunk.length + 3] = byte);
  const response = concat(head, chunks, "0\r\n\r\n");
  const answer = async (connection: Deno.Conn) => {
    using open = connection;
    await open.read(new Uint8Array(4096));
    for (let at = 0; at < response.length;) {
      at += await open.write(response.subarray(at));
    }
  };
  const serving = (async () => {
    for await (const connection of listener) answer(connection).catch(() => {});
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

/** Returns the user and system time of a process; Linux counts it in units of 10 ms. */
function readCpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The fields after the command name, which may contain spaces, begin with field 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime, stime] = fields.slice(14 - 3, 16 - 3).map(Number);
  return (utime! + stime!) / 100;
}

if (import.meta.main) {
  const [part = ""] = Deno.args;
  console.log("| input | bytes | --max-bytes | peak, MB | CPU, s | result |");
  console.log("| --- | --: | --: | --: | --: | --- |");
  for (const [name, bomb] of Object.entries(BOMBS)) {
    if (!name.includes(part)) continue;
    const bytes = (bomb.served ?? bomb.file)();
    const file = () => bytes;
    const made = bomb.served ? { ...bomb, served: file } : { ...bomb, file };
    for (const limit of bomb.limits ?? [undefined, LIMIT]) {
      const { out, err, exit, seconds, megabytes } = await measureBomb(
        made,
        limit,
      );
      let result = `exit ${exit}: ${(err || out).slice(0, 150)}`;
      try {
        const { type, error } = JSON.parse(out);
        result = error?.code ?? type;
        if (Deno.args.includes("-v")) result += ` ${error?.message}`;
        if (out.length > 10_000) result += ` (a row of ${out.length} bytes)`;
      } catch {
        // Without a row, the message is shown.
      }
      console.log(
        `| ${name} | ${bytes.length} | ${limit ?? "default"} | ${
          Math.round(megabytes)
        } | ${seconds.toFixed(1)} | ${result.replaceAll("\n", " ")} |`,
      );
    }
  }
}
