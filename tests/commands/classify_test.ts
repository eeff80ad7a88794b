import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  evenPlane,
  fitsOf,
  greyPlane,
  lopsidedPlane,
  temporaryFolder,
  TINY,
} from "../tiny.ts";
import { spit } from "./resident_spit.ts";
import { spit as spitProcess, startSpit } from "./spit.ts";

const ON_TINY = [
  ...["--model", TINY, "--device", "cpu"],
  // The frame whose flips disagree is an arc with a probability of 0.6.
  ...["--min-probability", "0.8"],
];

/** A night: a bias, a frame without a type, a wrong header, a broken file; and a focus test beside it. */
function night(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  const write = (name: string, content: Uint8Array) =>
    Deno.writeFileSync(`${folder.path}/${name}`, content);
  Deno.mkdirSync(`${folder.path}/night`);
  write("night/a.fits", fitsOf([evenPlane()], { OBSTYPE: "BIAS" }));
  write("night/b.fits", fitsOf([lopsidedPlane()]));
  write("night/c.fits", fitsOf([evenPlane()], { OBSTYPE: "ARC" }));
  write("night/d.fits", new Uint8Array(0));
  write("focus.fits", fitsOf([evenPlane()], { IMAGETYP: "FOCUS" }));
  return folder;
}

Deno.test("classify writes rows to standard output and notices to standard error, with and without its name", async () => {
  using folder = night();
  const { code, out, err } = await spit([
    ...ON_TINY,
    "--format",
    "ndjson",
    "night",
  ], folder.path);
  assertEquals([code, err], [0, "tiny@1.0.0 on cpu\n"]);
  const rows = out.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(
    rows.map((
      { file, type, reason, agreement, error },
    ) => [file, type, reason, agreement, error?.code]),
    [
      ["night/a.fits", "bias", null, "agree", undefined],
      ["night/b.fits", "unknown", "flips_disagree", "silent", undefined],
      ["night/c.fits", "bias", null, "conflict", undefined],
      ["night/d.fits", null, null, null, "empty"],
    ],
  );
  for (
    const [run, args] of [
      [spitProcess, ["classify", ...ON_TINY, "--format", "ndjson"]],
      [spit, ["--format", "ndjson", ...ON_TINY, "classify"]],
    ] as const
  ) {
    assertEquals(await run([...args, "-q", "night"], folder.path), {
      code: 0,
      out,
      err: "",
    });
  }
});

Deno.test("the table ends with counts and the rate", async () => {
  using folder = night();
  const { out } = await spit([...ON_TINY, "night"], folder.path);
  assertMatch(
    out,
    /^FILE +TYPE +PROB +BY +HEADER +NOTE\nnight\/a\.fits +bias +0\.9\d\d +px\+hdr +bias\n/,
  );
  assertMatch(
    out,
    /\n4 frames: 2 bias, 1 unknown \(flips disagree\), 1 error; 1 conflict with the header\n\d+\.\d s, \d+\.\d frames\/s, tiny@1\.0\.0 on cpu\n$/,
  );
  assertEquals(out.includes("\x1b"), false);
});

Deno.test("--strict exits 1 for an unknown, unusable, conflicting or unreadable frame without a label, else 0", async () => {
  using folder = night();
  const frames = ["night/a", "night/b", "night/c", "night/d", "focus"]
    .map((name) => `${name}.fits`);
  Deno.writeTextFileSync(
    `${folder.path}/labels.csv`,
    "path,label\n" + frames.map((path) => `${path},other\n`).join(""),
  );
  const run = async (...args: readonly string[]) =>
    (await spit([...ON_TINY, "--strict", ...args], folder.path)).code;
  for (const [k, frame] of frames.entries()) {
    assertEquals(await run(frame), k === 0 ? 0 : 1, frame);
    const isBroken = frame === "night/d.fits";
    assertEquals(
      await run("--labels", "labels.csv", frame),
      isBroken ? 1 : 0,
      frame,
    );
  }
});

for (const device of ["cuda", "webgpu"]) {
  Deno.test(`--device ${device} works, or exits 2 with one line on what to install`, async () => {
    using folder = night();
    const { code, out, err } = await spitProcess([
      "--model",
      TINY,
      "--device",
      device,
      "night/a.fits",
    ], folder.path);
    if (code === 0) return assertStringIncludes(out, ` on ${device}\n`);
    assertEquals([code, out], [2, ""]);
    assertMatch(err, /^error: the device .* it needs .*\n$/);
    assertEquals(err.trimEnd().split("\n").length, 1);
  });
}

Deno.test("-o writes the report to a file and nothing to standard output", async () => {
  using folder = night();
  const { out } = await spit(
    [...ON_TINY, "night", "--format", "csv"],
    folder.path,
  );
  const run = await spit([
    ...ON_TINY,
    "night",
    "--format",
    "csv",
    "-o",
    "n.csv",
  ], folder.path);
  assertEquals([run.code, run.out], [0, ""]);
  assertEquals(Deno.readTextFileSync(`${folder.path}/n.csv`), out);
  assertEquals(
    [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(),
    ["focus.fits", "n.csv", "night"],
  );
});

Deno.test("a closed pipe ends the run without an error", async () => {
  using folder = night();
  Deno.writeTextFileSync(`${folder.path}/list`, "night/d.fits\n".repeat(5000));
  const child = startSpit([
    ...ON_TINY,
    "-q",
    "--strict",
    "--format",
    "ndjson",
    "@list",
  ], folder.path);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  await child.stdin.close();
  const [{ code }, err] = await Promise.all([
    child.status,
    new Response(child.stderr).text(),
  ]);
  assertEquals([code, err], [0, ""]);
});

Deno.test("- reads paths from standard input", async () => {
  using folder = night();
  const { code, out } = await spitProcess(
    [...ON_TINY, "--format", "csv", "-"],
    folder.path,
    "night/c.fits\nnight/a.fits\n",
  );
  assertEquals(
    [code, out.split("\n").slice(1).map((row) => row.split(",")[0])],
    [0, ["night/c.fits", "night/a.fits", ""]],
  );
});

Deno.test("any number of workers gives the same rows, with the same permissions", async () => {
  using folder = night();
  Deno.writeTextFileSync(
    `${folder.path}/list`,
    "night/a.fits\nnight/b.fits\nnight/d.fits\n".repeat(20),
  );
  const args = [...ON_TINY, "-q", "--format", "ndjson", "@list"];
  const alone = await spitProcess([...args, "--workers", "0"], folder.path);
  assertEquals([alone.code, alone.err], [0, ""]);
  assertEquals(alone.out.split("\n").length, 61);
  for (const workers of [["--workers", "1"], ["--workers", "3"], []]) {
    const run = await spitProcess([...args, ...workers], folder.path);
    assertEquals(run, alone);
  }
});

/** Two folders: a night with a short exposure of a star among others, and another with that star alone. */
function nightOfTargets(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  const write = (
    name: string,
    target: string,
    exposure: number,
    day = "2026-01-02",
  ) =>
    Deno.writeFileSync(
      `${folder.path}/${name}.fits`,
      fitsOf([target === "" ? evenPlane() : greyPlane()], {
        ...(target !== "" && { OBJECT: target }),
        EXPTIME: exposure,
        "DATE-OBS": `${day}T03:04:05`,
        INSTRUME: "LISA",
      }),
    );
  for (const name of ["alone", "night"]) {
    Deno.mkdirSync(`${folder.path}/${name}`);
  }
  write("alone/star", "HIP 108400", 5, "2026-01-12");
  write("night/a-bias", "", 0);
  write("night/b-star", "HIP 108400", 5);
  write("night/c-bias", "", 0);
  write("night/d-galaxy", "NGC 224", 90);
  write("night/e-galaxy", "NGC 224", 60);
  return folder;
}

const NIGHT_FILES = [
  ...["alone/star", "night/a-bias", "night/b-star", "night/c-bias"],
  ...["night/d-galaxy", "night/e-galaxy"],
].map((name) => `${name}.fits`);

/** Returns file, type and longest exposure of each row of NDJSON. */
function parseNight(out: string): unknown[] {
  return out.trimEnd().split("\n").map((line) => {
    const { file, type, decided_by, log } = JSON.parse(line);
    return [file, type, log.longest, decided_by.includes("night")];
  });
}

Deno.test("a short exposure among long ones of its night is a standard; rows are in order", async () => {
  using folder = nightOfTargets();
  const args = ["--model", TINY, "--device", "cpu", "-q"];
  const ndjson = [...args, "--format", "ndjson"];
  const [alone, a, b, c, d, e] = NIGHT_FILES;
  const run = await spit([...ndjson, "alone", "night"], folder.path);
  assertEquals(run.code, 0);
  assertEquals(parseNight(run.out), [
    [alone, "science", undefined, false],
    [a, "bias", undefined, false],
    [b, "standard", 90, true],
    [c, "bias", undefined, false],
    [d, "science", 5, true],
    [e, "science", 5, true],
  ]);
  // In the order in which they are named, and any number of workers.
  Deno.writeTextFileSync(
    `${folder.path}/list`,
    NIGHT_FILES.slice(1).toReversed().join("\n"),
  );
  for (const workers of ["0", "2"]) {
    const list = await spit(
      [...ndjson, "--workers", workers, "@list"],
      folder.path,
    );
    assertEquals(parseNight(list.out).map((row) => (row as unknown[])[0]), [
      ...[e, d, c, b, a],
    ]);
    assertEquals(
      list.out.trimEnd().split("\n").toReversed(),
      run.out.trimEnd().split("\n").slice(1),
    );
  }
  const pixels = await spit([...ndjson, "--pixels-only", "night"], folder.path);
  assertStringIncludes(pixels.out, '"science"');
  assertEquals(pixels.out.includes("longest"), false);
  const { out } = await spit([...args, "night"], folder.path);
  assertMatch(out, /\nnight\/b-star.fits +standard +0\.\d+ +px\S*\+ngt /);
  assertMatch(out, /\n5 frames: 2 bias, 1 standard, 2 science; no conflict/);
});

Deno.test("a label keeps its type, and its frame counts among those of the night", async () => {
  using folder = nightOfTargets();
  const [, a, b, , d] = NIGHT_FILES;
  Deno.writeTextFileSync(
    `${folder.path}/labels.csv`,
    `path,label\n${a},bias\n${b},science\n${d},other\n`,
  );
  const { out } = await spit([
    ...["--model", TINY, "--device", "cpu", "--format", "ndjson"],
    ...["--labels", "labels.csv", "night"],
  ], folder.path);
  const rows = parseNight(out);
  assertEquals(rows[1], [b, "science", undefined, false]);
  assertEquals(rows[4], [NIGHT_FILES[5], "science", 5, true]);
});

Deno.test("--stream answers for each file alone", async () => {
  using folder = nightOfTargets();
  const { code, out } = await spitProcess(
    ["-", "--stream", "--model", TINY, "--device", "cpu", "-q"],
    folder.path,
    NIGHT_FILES.join("\n"),
  );
  assertEquals(code, 0);
  assertEquals(parseNight(out), [
    ...NIGHT_FILES.map((file) => [
      ...[file, file.includes("bias") ? "bias" : "science", undefined, false],
    ]),
  ]);
});
