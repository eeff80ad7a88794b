/** Shared libraries that hold nothing but what the tests of CUDA look at. */

/** A 64-bit ELF file that is linked to libraries of the names given, with a text after it. */
export function fakeLibrary(
  needed: readonly string[],
  text = "",
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const strings = encoder.encode(
    `\0${needed.map((name) => `${name}\0`).join("")}`,
  );
  const entries: [tag: number, value: number][] = [];
  let start = 1;
  for (const name of needed) {
    entries.push([1, start]);
    start += name.length + 1;
  }
  // Addresses are not places in the file, as in real libraries.
  const shift = 0x10000;
  const dynamic = 64 + 2 * 56;
  const size = 16 * (entries.length + 2);
  entries.push([5, dynamic + size + shift], [0, 0]);

  const bytes = new Uint8Array(dynamic + size + strings.length);
  const view = new DataView(bytes.buffer);
  const word = (place: number, value: number) =>
    view.setBigUint64(place, BigInt(value), true);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  word(32, 64);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  const segments = [[1, 0, bytes.length], [2, dynamic, size]] as const;
  segments.forEach(([kind, place, length], k) => {
    view.setUint32(64 + 56 * k, kind, true);
    word(64 + 56 * k + 8, place);
    word(64 + 56 * k + 16, place + shift);
    word(64 + 56 * k + 32, length);
  });
  entries.forEach(([tag, value], k) => {
    word(dynamic + 16 * k, tag);
    word(dynamic + 16 * k + 8, value);
  });
  bytes.set(strings, dynamic + size);
  return new Uint8Array([...bytes, ...encoder.encode(text)]);
}

/** What the provider of some onnxruntime, built for some CUDA, is linked to. */
export function fakeProvider(
  version: string,
  cuda = 13,
): Uint8Array<ArrayBuffer> {
  const needed = [
    `libcublas.so.${cuda}`,
    `libcudart.so.${cuda}`,
    "libcuda.so.1",
    "libc.so.6",
  ];
  return fakeLibrary(needed, `\0${version}\0`);
}

/** Writes both files of a provider. */
export function writeProvider(
  folder: string,
  version: string,
  cuda?: number,
): void {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeFileSync(
    `${folder}/libonnxruntime_providers_shared.so`,
    fakeLibrary(["libc.so.6"]),
  );
  Deno.writeFileSync(
    `${folder}/libonnxruntime_providers_cuda.so`,
    fakeProvider(version, cuda),
  );
}
