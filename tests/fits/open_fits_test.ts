import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parse as parseCsv } from "csv-parse/sync";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { type ErrorCode, SpitError } from "../../lib/errors.ts";
import { card, encodeFits } from "../../lib/fits/write_fits.ts";
import {
  type FitsFile,
  type FitsLimits,
  imageHdus,
  openFits,
} from "../../lib/fits/open_fits.ts";
import { compressLzw } from "../io/compress_lzw.ts";
import {
  headerBytes,
  joinBytes,
  openBytes,
  spitErrorOf,
} from "./open_bytes.ts";

const PLANE = {
  width: 50,
  height: 40,
  pixels: Uint16Array.from({ length: 2000 }, (_, i) => 7 * i),
};
const WHOLE = encodeFits([{ cards: [card("OBJECT", "M 31")], plane: PLANE }]);
const EXTENDED = encodeFits([
  { cards: [card("TELESCOP", "Shane"), card("OBJECT", "primary")] },
  { cards: [card("EXTNAME", "blue"), card("OBJECT", "own")], plane: PLANE },
  { cards: [card("EXTNAME", "red")], plane: PLANE },
]);

function image(naxis: number[], bitpix = 16): Uint8Array {
  return headerBytes(
    "SIMPLE  =                    T",
    `BITPIX  = ${bitpix}`,
    `NAXIS   = ${naxis.length}`,
    ...naxis.map((axis, i) => `NAXIS${i + 1}`.padEnd(8) + `= ${axis}`),
  );
}

/** Returns the error of reading the first image of a file. */
function readError(bytes: Uint8Array, limits?: FitsLimits): Promise<SpitError> {
  return spitErrorOf(async () => {
    using file = await openBytes(bytes, limits);
    await file.readFrame(imageHdus(file)[0]!.index);
  });
}

const gzipped = new Uint8Array(gzipSync(WHOLE));
const changed = (at: number) => {
  const bytes = gzipped.slice();
  bytes[at]! ^= 0xff;
  return bytes;
};

const BAD: [name: string, bytes: Uint8Array, code: ErrorCode, byte?: number][] =
  [
    ["no bytes", new Uint8Array(), "empty", 0],
    ["a PNG image", new TextEncoder().encode("\x89PNG\r\n"), "not_fits", 0],
    [
      "the first bytes of a FITS file",
      WHOLE.subarray(0, 20),
      "truncated_header",
      20,
    ],
    [
      "a header truncated in its second block",
      joinBytes(
        image([2, 2]).subarray(0, 400),
        new Uint8Array(2480).fill(32),
        new Uint8Array(100).fill(32),
      ),
      "truncated_header",
      2980,
    ],
    [
      "truncated pixels",
      WHOLE.subarray(0, 2880 + 3999),
      "truncated_data",
      2880 + 3999,
    ],
    [
      "a header without pixels",
      headerBytes("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0"),
      "no_image",
    ],
    [
      "one axis",
      joinBytes(image([100]), new Uint8Array(2880)),
      "one_dimensional",
      2880,
    ],
    [
      "a spectrum in two axes",
      joinBytes(image([100, 1]), new Uint8Array(2880)),
      "one_dimensional",
      2880,
    ],
    [
      "a set of spectra",
      joinBytes(image([100, 1, 4]), new Uint8Array(2880)),
      "one_dimensional",
      2880,
    ],
    ["an axis of length 0", image([100, 0]), "zero_axis", 2880],
    [
      "a cube",
      joinBytes(image([10, 10, 3]), new Uint8Array(2880)),
      "cube",
      2880,
    ],
    ["axes beyond the file", image([100_000, 100_000]), "absurd_axis", 2880],
    [
      "axes beyond all safe integers",
      image([1e300, 1e300]),
      "absurd_axis",
      2880,
    ],
    [
      "a thousand axes",
      headerBytes("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 1000"),
      "absurd_axis",
      2880,
    ],
    ["a negative axis", image([-5, 5]), "bad_header", 2880],
    [
      "an axis that is text",
      headerBytes(
        "SIMPLE  = T",
        "BITPIX  = 8",
        "NAXIS   = 2",
        "NAXIS1  = 'x'",
        "NAXIS2  = 3",
      ),
      "bad_header",
      2880,
    ],
    ["an unknown BITPIX", image([5, 5], 12), "bad_header", 2880],
    ["truncated gzip", gzipped.subarray(0, gzipped.length - 20), "broken_gzip"],
    [
      "gzip truncated in its checksum",
      gzipped.subarray(0, gzipped.length - 3),
      "broken_gzip",
    ],
    ["gzip with a changed byte", changed(gzipped.length >> 1), "broken_gzip"],
    ["gzip with a wrong checksum", changed(gzipped.length - 6), "broken_gzip"],
    ["gzip truncated in its header", gzipped.subarray(0, 5), "broken_gzip"],
    [
      "bzip2 without a block",
      new TextEncoder().encode("BZh91AY&SY"),
      "broken_bzip2",
    ],
  ];

for (const [name, bytes, code, byte] of BAD) {
  Deno.test(`${name}: ${code}`, async () => {
    const error = await readError(bytes);
    assertEquals(error.code, code, error.message);
    if (byte !== undefined) assertEquals(error.byte, byte);
    assertEquals(error.file, "memory");
  });
}

Deno.test("control characters of a file that is not FITS are escaped in the error", async () => {
  const { message } = await readError(
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1b, 0x9b),
  );
  assertMatch(message, /begins with "\\x89PNG\\x0d\\x0a\\x1b\\x9b", not/);
});

/** Names and first bytes of formats that the reader recognises and does not read. */
const UNSUPPORTED: [format: string, start: string][] = [
  ["compressed with xz", "\xfd7zXZ\0\0\x04"],
  ["compressed with lzma", "]\0\0\x80\0"],
  ["compressed with lzip", "LZIP\x01"],
  ["compressed with zip", "PK\x03\x04\x14"],
  ["compressed with 7z", "7z\xbc\xaf\x27\x1c"],
  ["compressed with RAR", "Rar!\x1a\x07\0"],
  ["compressed with pack", "\x1f\x1e\0"],
  ["compressed with compress -H", "\x1f\xa0\0"],
  ["a tar archive", `${"night/r1.fits".padEnd(257, "\0")}ustar\x0000`],
];

Deno.test("compressed files and archives that cannot be read are named, also within gzip", async () => {
  for (const [format, start] of UNSUPPORTED) {
    const plain = Uint8Array.from(
      start.padEnd(6000, "\0"),
      (c) => c.charCodeAt(0),
    );
    const packed = new Uint8Array(gzipSync(plain));
    for (const bytes of [plain, plain.subarray(0, 300), packed]) {
      const { code, description } = await readError(bytes);
      assertEquals([code, description], [
        "unsupported_compression",
        `the file is ${format}: unpack it first`,
      ]);
    }
  }
  const twice: [format: string, bytes: Uint8Array][] = [
    ["gzip", gzipSync(gzipped)],
    ["zstd", zstdCompressSync(zstdCompressSync(WHOLE))],
  ];
  for (const [format, bytes] of twice) {
    const { code, description } = await readError(new Uint8Array(bytes));
    assertEquals([code, description], [
      "unsupported_compression",
      `the file is compressed with ${format} twice: unpack it first`,
    ]);
  }
});

Deno.test("the header of an IRAF image is named", async () => {
  for (const start of ["imhv2", "\0i\0m\0h\0d\0r", "i\0m\0h\0d\0r\0"]) {
    const { code, description } = await readError(
      Uint8Array.from(start.padEnd(2046, "\0"), (c) => c.charCodeAt(0)),
    );
    assertEquals(code, "not_fits");
    assertMatch(description, /^this is the header of an IRAF image/);
  }
});

Deno.test("a text is no FITS file, and the error says how to give a list of paths", async () => {
  const describe = async (text: string) => {
    const bytes = new TextEncoder().encode(text);
    const { code, description } = await readError(bytes);
    assertEquals(code, "not_fits");
    return description;
  };
  for (
    const text of ["n1/r1.fits\n", "# Nächte\r\nn1/r\u00e9.fits\t5760\r\n"]
  ) {
    const description = await describe(text.padEnd(9000, "night/r2.fits\n"));
    assertMatch(description, /a list of paths is given as @LIST/);
    assertMatch(description, /it begins with ".*", not "SIMPLE {2}="$/);
  }
  for (const other of ["\x89PNG\r\n\x1a\n", "XTENSION= 'IMAGE'".padEnd(2880)]) {
    const description = await describe(other);
    assertMatch(description, /^not a FITS file: .*, not "SIMPLE {2}="$/);
  }
});

Deno.test("a gzip bomb is refused at maxBytes", async () => {
  const bomb = new Uint8Array(
    gzipSync(joinBytes(image([4000, 4000]), new Uint8Array(32_000_000))),
  );
  assert(bomb.length < 50_000);
  assertEquals((await readError(bomb, { maxBytes: 1e6 })).code, "too_large");
  assertEquals(
    (await readError(bomb, { maxBytes: 32_000_001 })).code,
    "too_large",
  );
  using file = await openBytes(bomb);
  assertEquals((await file.readFrame(0)).pixels.length, 16_000_000);
});

/** Encodes the headers of a table of this many rows of 1000 bytes and of an image. */
const table = (rows: number) =>
  headerBytes(
    "XTENSION= 'BINTABLE'",
    "BITPIX  = 8",
    "NAXIS   = 2",
    "NAXIS1  = 1000",
    `NAXIS2  = ${rows}`,
    "PCOUNT  = 0",
    "GCOUNT  = 1",
  );

Deno.test("a table larger than the limit is skipped", async () => {
  const [primary, image] = [
    EXTENDED.subarray(0, 2880),
    EXTENDED.subarray(2880),
  ];
  const bytes = joinBytes(primary, table(288), new Uint8Array(288_000), image);
  using file = await openBytes(bytes, { maxBytes: 200_000 });
  assertEquals(file.hdus.map(({ kind, fault }) => [kind, fault?.code]), [
    ["empty", undefined],
    ["table", undefined],
    ["image", undefined],
    ["image", undefined],
  ]);
  assertEquals((await file.readFrame(2)).pixels, PLANE.pixels);
});

Deno.test("headers of more than 32 MiB together are refused", async () => {
  const records = [
    ...["XTENSION= 'IMAGE   '", "BITPIX  = 8", "NAXIS   = 0"],
    ...["PCOUNT  = 0", "GCOUNT  = 1"],
  ].map((record) => record.padEnd(80)).join("");
  // 12 MB, without pixels.
  const long = new TextEncoder().encode(
    (records + "COMMENT x".padEnd(80).repeat(150_000)).padEnd(12_000_960 - 80) +
      "END".padEnd(80),
  );
  const [primary, image] = [
    EXTENDED.subarray(0, 2880),
    EXTENDED.subarray(2880),
  ];
  using file = await openBytes(joinBytes(primary, long, long, long, image));
  assertEquals([file.hdus.length, file.fault?.code], [3, "too_large"]);
});

Deno.test("an image needs memory for two copies of its pixels and what the source holds", async () => {
  // 4000 bytes of pixels: twice these and the file itself, of 8640 bytes.
  const least = (2 * 4000 + WHOLE.length) / 2;
  assertEquals(
    (await readError(WHOLE, { maxBytes: least - 1 })).code,
    "too_large",
  );
  using file = await openBytes(WHOLE, { maxBytes: least });
  assertEquals((await file.readFrame(0)).pixels, PLANE.pixels);
});

Deno.test("openFits() throws for missing, unreadable and special files", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/closed.fits`;
  await Deno.writeFile(path, WHOLE);
  const codeOf = (path: string) =>
    spitErrorOf(() => openFits(path)).then(({ code, file }) => {
      assertEquals(file, path);
      return code;
    });
  assertEquals(await codeOf(`${folder}/none.fits`), "not_found");
  assertEquals(await codeOf(folder), "is_directory");
  assertEquals(await codeOf("/dev/null"), "io");
  await Deno.chmod(path, 0);
  // Root can read files without permissions.
  if (Deno.uid() !== 0) assertEquals(await codeOf(path), "no_permission");
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "without --allow-read the error names the permission",
  permissions: { read: false },
  async fn() {
    const error = await spitErrorOf(() => openFits("x.fits"));
    assertEquals(error.code, "no_permission");
    assert(error.message.includes("--allow-read"));
  },
});

Deno.test("a file that is truncated after it was opened has vanished", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, WHOLE);
  using file = await openFits(path);
  await Deno.truncate(path, 3000);
  const error = await spitErrorOf(() => file.readFrame(0));
  assertEquals([error.code, error.byte], ["vanished", 3000]);
  await Deno.remove(path);
});

Deno.test("the header of an extension is followed by the cards of the primary header", async () => {
  using file = await openBytes(EXTENDED);
  assertEquals(file.hdus.map(({ kind }) => kind), ["empty", "image", "image"]);
  const { header, hdu } = await file.readFrame(1);
  assertEquals(hdu, 1);
  assertEquals(header.values.get("OBJECT"), "own");
  assertEquals(header.values.get("TELESCOP"), "Shane");
  assertEquals(header.values.get("NAXIS"), 2);
});

Deno.test("an unsupported compression is named in the error", async () => {
  const readTable = (...cards: string[]) =>
    readError(joinBytes(
      headerBytes("SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0"),
      headerBytes(
        ...["XTENSION= 'BINTABLE'", "BITPIX  = 8", "NAXIS   = 2"],
        ...["NAXIS1  = 8", "NAXIS2  = 1", "PCOUNT  = 2872", "GCOUNT  = 1"],
        ...["TFIELDS = 1", "TTYPE1  = 'COMPRESSED_DATA'", "TFORM1  = '1PB'"],
        ...["ZIMAGE  = T", "ZBITPIX = 16", "ZNAXIS  = 2", "ZNAXIS1 = 9"],
        ...["ZNAXIS2 = 9", "ZTILE2  = 9", ...cards],
      ),
      new Uint8Array(2880),
    ));
  const cases: [code: ErrorCode, says: string, ...cards: string[]][] = [
    [
      "unsupported_compression",
      "the compression BZIP2_1 is not supported",
      "ZCMPTYPE= 'BZIP2_1'",
    ],
    [
      "unsupported_compression",
      "HCOMPRESS_1 with smoothing is not supported",
      "ZCMPTYPE= 'HCOMPRESS_1'",
      "ZNAME1  = 'SMOOTH'",
      "ZVAL1   = 1",
    ],
    ["bad_tile", "tile 0 is empty", "ZCMPTYPE= 'HCOMPRESS_1'"],
  ];
  for (const [code, says, ...cards] of cases) {
    const error = await readTable(...cards);
    assertEquals(error.code, code, error.message);
    assert(error.message.startsWith(says), error.message);
  }
});

Deno.test("a tile-compressed image has the header of the image, not of the table", async () => {
  const path =
    new URL("../fixtures/fits/columns.fits", import.meta.url).pathname;
  using tiles = await openFits(
    path.replace("columns.fits", "integers.fits.bz2"),
  );
  const { values } = (await tiles.readFrame(5)).header;
  assertEquals(values.get("NAXIS1"), 23);
  assertEquals(values.get("BITPIX"), 16);
  assertEquals(values.has("ZCMPTYPE") || values.has("TFORM1"), false);
});

Deno.test("readFrame() throws for HDUs without an image and for missing HDUs", async () => {
  using file = await openBytes(EXTENDED);
  const codes = [0, 9, -1].map((index) =>
    spitErrorOf(() => file.readFrame(index))
  );
  assertEquals((await Promise.all(codes)).map(({ code }) => code), [
    "no_image",
    "no_such_hdu",
    "no_such_hdu",
  ]);
});

Deno.test("images before damage can be read", async () => {
  const second = EXTENDED.length - 2 * 2880;
  const cuts: [end: number, hdus: number, code: ErrorCode][] = [
    [second - 3000, 3, "truncated_data"],
    [EXTENDED.length - 4320, 3, "truncated_data"],
  ];
  for (const [end, hdus] of cuts) {
    for (
      const bytes of [
        EXTENDED.subarray(0, end),
        new Uint8Array(gzipSync(EXTENDED)).subarray(0),
      ]
    ) {
      using file = await openBytes(bytes);
      assert(file.hdus.length <= hdus);
      assertEquals((await file.readFrame(1)).pixels, PLANE.pixels);
    }
  }
  using cutInHeader = await openBytes(EXTENDED.subarray(0, 2880 * 4 + 80));
  assertEquals(cutInHeader.fault?.code, "truncated_header");
  assertEquals(imageHdus(cutInHeader).map(({ index }) => index), [1]);

  using cutInPixels = await openBytes(
    EXTENDED.subarray(0, EXTENDED.length - 2880),
  );
  assertEquals(cutInPixels.hdus[2]!.fault?.code, "truncated_data");
  assertEquals(imageHdus(cutInPixels).map(({ index }) => index), [1]);
  const error = await spitErrorOf(() => cutInPixels.readFrame(2));
  assertEquals(error.code, "truncated_data");
});

Deno.test("gzip files are read that are truncated, have members or trailing bytes, in any order", async () => {
  // Incompressible and different, so that the file is truncated within the last image.
  const pixels = new Uint16Array(2000).map((_, i) => (i * 48271 * i) % 65521);
  const others = pixels.toReversed().map((pixel) => (pixel * 7919) % 65521);
  const bytes = encodeFits([
    { cards: [] },
    { cards: [], plane: { ...PLANE, pixels } },
    { cards: [], plane: { ...PLANE, pixels: others } },
  ]);
  const packed = new Uint8Array(gzipSync(bytes));
  using cut = await openBytes(packed.subarray(0, packed.length - 1000));
  assertEquals(imageHdus(cut).map(({ index }) => index), [1]);
  assertEquals((await cut.readFrame(1)).pixels, pixels);
  assertEquals(cut.hdus[2]!.fault?.code, "broken_gzip");

  const half = bytes.length >> 1;
  const members = [bytes.subarray(0, half), bytes.subarray(half)].map((part) =>
    new Uint8Array(gzipSync(part))
  );
  const junk = new Uint8Array([1, 2, 3, 4, 5]);
  for (
    const variant of [
      joinBytes(...members),
      joinBytes(packed, junk),
      joinBytes(packed, new Uint8Array(512)),
    ]
  ) {
    using file = await openBytes(variant);
    assertEquals(file.fault, undefined);
    const [first, second, again] = await Promise.all(
      [1, 2, 1].map((index) => file.readFrame(index)),
    );
    assertEquals([first!.pixels, second!.pixels, again!.pixels], [
      pixels,
      others,
      pixels,
    ]);
  }
});

Deno.test("a file of compress(1) is read, and one that is truncated has truncated pixels", async () => {
  const packed = compressLzw(WHOLE);
  using file = await openBytes(packed);
  assertEquals((await file.readFrame(0)).pixels, PLANE.pixels);
  const cut = await readError(packed.subarray(0, packed.length - 100));
  assertEquals(cut.code, "truncated_data");
  const small = await readError(packed, { maxBytes: 3000 });
  assertEquals(small.code, "too_large");
  assertEquals((await readError(packed.subarray(0, 3))).code, "empty");
  const damaged = await readError(packed.slice().fill(255, 3, 40));
  assertEquals(damaged.code, "broken_compress");
});

Deno.test("a file of zstd(1) is read, whole, in frames and with a frame to skip", async () => {
  // As zstd(1) does.
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  const zstd = (bytes: Uint8Array) =>
    new Uint8Array(zstdCompressSync(bytes, { params }));
  const [packed, half] = [zstd(WHOLE), WHOLE.length >> 1];
  const skipped = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7);
  for (
    const bytes of [
      packed,
      joinBytes(zstd(WHOLE.subarray(0, half)), zstd(WHOLE.subarray(half))),
      joinBytes(skipped, packed),
    ]
  ) {
    using file = await openBytes(bytes);
    assertEquals((await file.readFrame(0)).pixels, PLANE.pixels);
  }
  const codes = async (...files: Uint8Array[]) =>
    (await Promise.all(files.map((file) => readError(file)))).map(({ code }) =>
      code
    );
  const cut = packed.subarray(0, packed.length - 1);
  const changed = packed.slice();
  changed[packed.length >> 1]! ^= 1;
  assertEquals(await codes(cut, changed, skipped), [
    "broken_zstd",
    "broken_zstd",
    "empty",
  ]);
  const small = await readError(packed, { maxBytes: 3000 });
  assertEquals(small.code, "too_large");
});

Deno.test("a data unit without padding is complete, and bytes after the last HDU are ignored", async () => {
  for (
    const bytes of [
      WHOLE.subarray(0, 2880 + 4000),
      joinBytes(WHOLE, new Uint8Array(2880).fill(65)),
    ]
  ) {
    using file = await openBytes(bytes);
    assertEquals(file.fault, undefined);
    assertEquals((await file.readFrame(0)).pixels, PLANE.pixels);
  }
});

Deno.test("spectra in three axes are described as a set of spectra", async () => {
  for (
    const [axes, spectra] of [
      [[100, 1, 4], "4 spectra of 100 pixels (100 x 1 x 4)"],
      [[1, 100, 2, 2], "4 spectra of 100 pixels (1 x 100 x 2 x 2)"],
    ] as const
  ) {
    const bytes = joinBytes(image([...axes]), new Uint8Array(2880));
    const { code, description } = await readError(bytes);
    assertEquals([code, description], [
      "one_dimensional",
      `the image is a set of ${spectra}, not a frame`,
    ]);
  }
});

Deno.test("a quoted BZERO is applied, and one that is no number makes the image unreadable", async () => {
  const withZero = (zero: string) =>
    joinBytes(
      headerBytes(
        "SIMPLE  = T",
        "BITPIX  = '16'",
        "NAXIS   = 2",
        "NAXIS1  = '2'",
        "NAXIS2  = 2",
        `BZERO   = ${zero}`,
        "BSCALE  = '1'",
      ),
      new Uint8Array(2880),
    );
  using file = await openBytes(withZero("'32768'"));
  const { pixels } = await file.readFrame(0);
  assertEquals(pixels, new Uint16Array(4).fill(32768));
  for (const value of ["'2**15'", "T", "NaN", "32768 counts"]) {
    const error = await readError(withZero(value));
    assertEquals([error.code, error.card, error.hdu], [
      "bad_header",
      "BZERO",
      0,
    ]);
  }
});

Deno.test("cubes whose further axes are 1 are planes", async () => {
  using file = await openBytes(
    joinBytes(
      image([3, 2, 1, 1]),
      new Uint8Array([0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0xff, 0xff]),
    ),
  );
  const { width, height, pixels } = await file.readFrame(0);
  assertEquals([width, height, pixels], [
    3,
    2,
    new Int16Array([1, 2, 3, 4, 5, -1]),
  ]);
});

Deno.test("imageHdus() omits images that cannot be read, unless there are no others", () => {
  const fault = new SpitError("cube", "a cube");
  const hdus = [{ kind: "image", index: 0, fault }, {
    kind: "image",
    index: 1,
  }];
  const file = { path: "x", hdus } as unknown as FitsFile;
  assertEquals(imageHdus(file).map(({ index }) => index), [1]);
  const broken = { path: "x", hdus: hdus.slice(0, 1) } as unknown as FitsFile;
  assertThrows(() => imageHdus(broken), SpitError, "a cube");
});

const FRAMES = new URL("../../../shared/frames/", import.meta.url);
const hasFrames = await Deno.stat(FRAMES).then(() => true, () => false);

Deno.test({
  name: "every real frame has the size that its manifest states",
  ignore: !hasFrames,
  async fn() {
    const text = await Deno.readTextFile(new URL("manifest.csv", FRAMES));
    const rows = parseCsv(text, { columns: true }) as Record<string, string>[];
    for (const { path, hdu, naxis1, naxis2 } of rows) {
      using file = await openFits(new URL(path!, FRAMES).pathname);
      const { width, height, pixels } = await file.readFrame(Number(hdu));
      assertEquals([width, height], [Number(naxis1), Number(naxis2)], path);
      assertEquals(pixels.length, width * height);
    }
    assert(rows.length > 300);
  },
});
