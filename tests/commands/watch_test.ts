import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  evenPlane,
  fitsOf,
  greyPlane,
  lopsidedPlane,
  temporaryFolder,
  TINY,
} from "../tiny.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));
const BIAS = fitsOf([evenPlane()], { OBSTYPE: "BIAS" });
const LYING = fitsOf([evenPlane()], { OBSTYPE: "ARC", OBJECT: "$(rm x) `y`" });

/** Checks that a conflict of the frame `LYING` is announced. */
function assertAnnounced(err: string, file: string): void {
  const [line] = err.split("\n")
    .filter((line) => line.startsWith(`needs review: ${file}: bias: `));
  assertStringIncludes(line ?? err, "conflict");
  assertStringIncludes(line ?? err, "OBSTYPE=ARC");
}

/** The parts of a row that these tests read. */
interface Row {
  readonly file: string;
  readonly type: string | null;
  readonly probability: number | null;
  readonly decided_by: readonly string[];
  readonly use: boolean;
  readonly error: { readonly code: string } | null;
  readonly size: number;
  readonly log: { readonly longest?: number };
}

/** Starts `spit watch ARGS` in a folder, with the permissions that docs/watch.md lists. */
function startWatch(folder: string, ...args: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-read",
      "--allow-ffi",
      "--allow-env=ORT_DISABLE_TELEMETRY",
      `--allow-write=${folder}`,
      "--allow-run=sh",
      CLI,
      "watch",
      "--model",
      TINY,
      "--device=cpu",
      "--workers=0",
      "--settle=0.3",
      "--poll=0.1",
      ...args,
    ],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const out = gathered(child.stdout);
  const err = gathered(child.stderr);
  return {
    child,
    /** Waits for a text on standard error. */
    says: (text: string) => until(() => err.text().includes(text), err.text),
    /** Waits for a text on standard output. */
    shows: (text: string) => until(() => out.text().includes(text), err.text),
    /** Waits for a number of rows on standard output. */
    async rows(count: number): Promise<Row[]> {
      const lines = () => out.text().split("\n").slice(0, -1);
      await until(() => lines().length >= count, err.text);
      return lines().map((line) => JSON.parse(line));
    },
    /** Sends a signal, and waits until the process ends. */
    async end(signal?: Deno.Signal) {
      if (signal !== undefined) child.kill(signal);
      const { code } = await child.status;
      await Promise.all([out.done, err.done]);
      return { code, out: out.text(), err: err.text() };
    },
  };
}

function gathered(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  const done = (async () => {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
    }
  })();
  return { text: () => text, done };
}

async function until(condition: () => boolean, otherwise: () => string) {
  const start = performance.now();
  while (!condition()) {
    assert(
      performance.now() - start < 100_000,
      `timed out: ${otherwise()}`,
    );
    await new Promise((later) => setTimeout(later, 20));
  }
}

function rowsOf(path: string): Row[] {
  return Deno.readTextFileSync(path).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
}

/** A temporary folder with an empty folder `night`. */
function makeNight() {
  const folder = temporaryFolder();
  Deno.mkdirSync(`${folder.path}/night`);
  return { folder, night: `${folder.path}/night` };
}

Deno.test("a frame gets a row when it is complete: written slowly, renamed, replaced, truncated", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  Deno.writeFileSync(`${night}/old.fits`, BIAS);
  // Long compared with the pauses of the slow writer, also on a busy machine.
  const watch = startWatch(folder.path, "night", "--settle=1.5");
  await watch.says("existing frames: 1, ignored without --catchup");

  const slow = Deno.openSync(`${night}/slow.fits`, {
    write: true,
    create: true,
  });
  for (let k = 0; k < 4; k++) {
    const part = Math.ceil(BIAS.length / 4);
    slow.writeSync(BIAS.subarray(k * part, (k + 1) * part));
    await new Promise((later) => setTimeout(later, 50));
  }
  slow.close();
  Deno.writeFileSync(`${night}/.moved.fits.part`, BIAS);
  await watch.rows(1);
  Deno.renameSync(`${night}/.moved.fits.part`, `${night}/moved.fits`);
  await watch.rows(2);
  Deno.writeFileSync(`${night}/slow.fits`, LYING);
  await watch.rows(3);
  Deno.writeFileSync(`${night}/cut.fits`, BIAS.subarray(0, 50_000));
  await watch.rows(4);
  Deno.writeFileSync(`${night}/cut.fits`, BIAS);
  const rows = await watch.rows(5);

  const { code, err } = await watch.end("SIGINT");
  assertEquals(code, 0);
  assertEquals(rows.map(({ file, type, error }) => [file, type, error?.code]), [
    [`${night}/slow.fits`, "bias", undefined],
    [`${night}/moved.fits`, "bias", undefined],
    [`${night}/slow.fits`, "bias", undefined],
    [`${night}/cut.fits`, null, "truncated_data"],
    [`${night}/cut.fits`, "bias", undefined],
  ]);
  assertEquals(rows[4]!.size, BIAS.length);
  assertAnnounced(err, `${night}/slow.fits`);
  assertMatch(
    err,
    /stopped by Ctrl-C\n5 frames: 4 bias, 1 error; 1 conflict with the header\n$/,
  );
});

Deno.test("a restarted watch classifies no frame twice, and with --catchup those that arrived meanwhile", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const args = ["night", "--append", "n.ndjson"];
  Deno.writeFileSync(`${night}/a.fits`, BIAS);
  const first = startWatch(folder.path, ...args, "--catchup");
  await first.rows(1);
  assertEquals((await first.end("SIGTERM")).code, 0);

  Deno.writeFileSync(`${night}/b.fits`, BIAS);
  const second = startWatch(folder.path, ...args, "--catchup");
  assertEquals((await second.rows(1))[0]!.file, `${night}/b.fits`);
  await second.end("SIGINT");

  const third = startWatch(folder.path, ...args);
  await third.says("watching");
  Deno.writeFileSync(`${night}/c.fits`, BIAS);
  await third.rows(1);
  await third.end("SIGINT");
  assertEquals(
    rowsOf(`${folder.path}/n.ndjson`).map(({ file }) => file),
    ["a", "b", "c"].map((name) => `${night}/${name}.fits`),
  );
});

Deno.test("a watch that is killed and restarted gives every frame one row", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const names = Array.from(
    { length: 60 },
    (_, k) => `${night}/r${100 + k}.fits`,
  );
  for (const name of names) Deno.writeFileSync(name, BIAS);
  const args = ["night", "--append", "n.ndjson", "--catchup"];
  for (const rows of [5, 12]) {
    const watch = startWatch(folder.path, ...args);
    await watch.rows(rows);
    await watch.end("SIGKILL");
    // A kill in the middle of a write is rare, so its effect is made here.
    const log = Deno.readFileSync(`${folder.path}/n.ndjson`);
    Deno.writeFileSync(`${folder.path}/n.ndjson`, log.subarray(0, -40));
  }
  const watch = startWatch(folder.path, ...args);
  await watch.says("removed an incomplete row");
  await until(
    () => rowsOf(`${folder.path}/n.ndjson`).length >= names.length,
    () => "",
  );
  await watch.end("SIGINT");
  assertEquals(
    rowsOf(`${folder.path}/n.ndjson`).map(({ file }) => file),
    names,
  );
});

Deno.test("a stop file ends the watch, and prevents the next start", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const args = ["night", "--stop-file", "stop", "--format", "table"];
  const watch = startWatch(folder.path, ...args);
  await watch.says("watching");
  Deno.writeFileSync(`${night}/a.fits`, BIAS);
  await watch.shows("a.fits");
  Deno.writeTextFileSync(`${folder.path}/stop`, "");
  const { code, out, err } = await watch.end();
  assertEquals(code, 0);
  assertMatch(out, /^FILE +TYPE .*\n.*a\.fits +bias +0\.9\d\d +\S+ +bias\n$/);
  assertStringIncludes(err, "stopped by the stop file stop\n1 frame: 1 bias");

  const again = await startWatch(folder.path, ...args).end();
  assertEquals([again.code, again.out], [2, ""]);
  assertMatch(again.err, /the stop file stop exists already: remove it/);
});

Deno.test("--on-conflict receives the row on standard input, and may fail", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const watch = startWatch(
    folder.path,
    "night",
    "--on-conflict",
    "cat >> got; echo seen; exit 4",
  );
  await watch.says("watching");
  Deno.writeFileSync(`${night}/a.fits`, BIAS);
  await watch.rows(1);
  Deno.writeFileSync(`${night}/b.fits`, LYING);
  await watch.rows(2);
  await watch.says("failed");
  Deno.writeFileSync(`${night}/c.fits`, LYING);
  const rows = await watch.rows(3);
  const { code, err } = await watch.end("SIGINT");
  assertEquals(code, 0);
  assertEquals(rowsOf(`${folder.path}/got`), rows.slice(1));
  for (const name of ["b", "c"]) {
    assertAnnounced(err, `${night}/${name}.fits`);
  }
  // Ctrl-C may be told of between the two lines of a hook that still runs.
  const failed =
    "the hook failed with exit code 4: cat >> got; echo seen; exit 4\n";
  assertEquals([err.split("seen\n").length, err.split(failed).length], [3, 3]);
});

Deno.test("frames that need review are announced, and fail --strict; labels settle them", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const frames: Readonly<Record<string, Uint8Array>> = {
    bias: BIAS,
    conflict: LYING,
    cut: BIAS.subarray(0, 50_000),
    focus: fitsOf([evenPlane()], { OBSTYPE: "FOCUS" }),
    labelled: LYING,
    rejected: fitsOf([lopsidedPlane()]),
    unknown: fitsOf([lopsidedPlane()]),
  };
  for (const [name, frame] of Object.entries(frames)) {
    Deno.writeFileSync(`${night}/${name}.fits`, frame);
  }
  const labels =
    "path,label\nnight/labelled.fits,arc\nnight/rejected.fits,other\n";
  Deno.writeTextFileSync(`${folder.path}/labels.csv`, labels);
  const watch = startWatch(
    folder.path,
    ...["night", "--catchup", "--pixels-only", "--labels", "labels.csv"],
    "--strict",
  );
  const rows = await watch.rows(7);
  const { code, err } = await watch.end("SIGINT");
  assertEquals(code, 1);
  const announced = [...err.matchAll(/^needs review: .*\/(\w+)\.fits: (\w+)/gm)]
    .map(([, name, type]) => [name, type]);
  assertEquals(announced.sort(), [
    ["conflict", "bias"],
    ["cut", "error"],
    ["focus", "bias"],
    ["unknown", "unknown"],
  ]);
  const answers = rows.map(({ file, type, probability, decided_by, use }) => [
    ...[file.slice(night.length + 1, -5), type, decided_by.join()],
    ...[probability === null, use],
  ]);
  assertEquals(answers.sort(), [
    ["bias", "bias", "pixels", false, true],
    ["conflict", "bias", "pixels", false, false],
    ["cut", null, "", true, false],
    ["focus", "bias", "pixels", false, false],
    ["labelled", "arc", "label", true, true],
    ["rejected", "unknown", "label", true, false],
    ["unknown", "unknown", "", true, false],
  ]);
});

Deno.test("watch reports lacks and complete configurations once each, and --strict counts lacks", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const types = ["bias", "flat", "science", "arc"];
  Deno.writeTextFileSync(
    `${folder.path}/labels.csv`,
    "path,label\n" +
      types.map((type) => `night/${type}.fits,${type}\n`).join(""),
  );
  const args = [
    ...["night", "--append", "n.ndjson", "--labels", "labels.csv"],
    ...["--strict", "--expect", "science"],
  ];
  const messages = (err: string) => err.match(/^(missing|complete).*/gm);
  const FLAT =
    "missing: configuration A (no science frame yet): no arc; size 700x260";
  const COMPLETE =
    "complete: configuration A (bias 1, arc 1, flat 1, science 1)";

  const first = startWatch(folder.path, ...args);
  await first.says("watching");
  Deno.writeFileSync(`${night}/bias.fits`, BIAS);
  await first.rows(1);
  Deno.writeFileSync(`${night}/flat.fits`, BIAS);
  await first.says(FLAT);
  Deno.writeFileSync(`${night}/science.fits`, BIAS);
  const rows = await first.rows(3);
  const { code, err } = await first.end("SIGINT");
  assertEquals([code, messages(err)], [1, [FLAT]]);
  assertEquals(rowsOf(`${folder.path}/n.ndjson`), rows);

  const second = startWatch(folder.path, ...args);
  await second.says(
    "missing: configuration A (science 1): no arc; size 700x260",
  );
  Deno.writeFileSync(`${night}/arc.fits`, BIAS);
  await second.says(COMPLETE);
  assertEquals((await second.end("SIGINT")).code, 0);

  const third = startWatch(folder.path, ...args);
  await third.says("watching");
  const end = await third.end("SIGINT");
  assertEquals([end.code, messages(end.err)], [0, null]);
});

Deno.test("watch names an outlier once, and its rows and exit code do not change", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const other = fitsOf([evenPlane(700, 260, 1500)], { OBSTYPE: "BIAS" });
  const write = (name: string, frame = BIAS) =>
    Deno.writeFileSync(`${night}/${name}.fits`, frame);
  for (const name of ["a", "b", "c"]) write(name);
  write("d", other);
  const args = ["night", "--catchup", "--append", "n.ndjson", "--strict"];
  const watch = startWatch(folder.path, ...args, "--quiet");
  await watch.says("outlier: d.fits");
  write("e");
  await watch.rows(5);
  const { code, err } = await watch.end("SIGINT");
  assertEquals(code, 0);
  assertMatch(
    err,
    /^outlier: d\.fits is unlike the other biases\n\s+level 500 counts .* above the other 3\n$/,
  );
  assertEquals(
    rowsOf(`${folder.path}/n.ndjson`).map(({ use }) => use),
    [true, true, true, true, true],
  );

  const again = startWatch(folder.path, ...args);
  await again.says("watching");
  write("f");
  await again.rows(1);
  const end = await again.end("SIGINT");
  assertEquals([end.code, end.err.includes("outlier")], [0, false]);
});

Deno.test("a short exposure after a long one of another target is a standard, also after a restart", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const write = (name: string, target: string, exposure: number) =>
    Deno.writeFileSync(
      `${night}/${name}.fits`,
      fitsOf([greyPlane()], {
        OBJECT: target,
        EXPTIME: exposure,
        "DATE-OBS": "2026-01-02T03:04:05",
        INSTRUME: "LISA",
      }),
    );
  const list = (rows: readonly Row[]) =>
    rows.map(({ file, type, decided_by, log: { longest } }) => [
      ...[file.slice(night.length + 1, -5), type, longest],
      decided_by.includes("night"),
    ]);
  const args = ["night", "--append", "n.ndjson"];
  const first = startWatch(folder.path, ...args);
  await first.says("watching");
  write("early-star", "HIP 108400", 5);
  await first.rows(1);
  write("galaxy", "NGC 224", 90);
  await first.rows(2);
  write("star", "HIP 108400", 5);
  const rows = await first.rows(3);
  const { err } = await first.end("SIGINT");
  const expected = [
    ["early-star", "science", undefined, false],
    ["galaxy", "science", undefined, false],
    ["star", "standard", 90, true],
  ];
  assertEquals(list(rows), expected);
  assertStringIncludes(err, "3 frames: 1 standard, 2 science");

  const second = startWatch(folder.path, ...args);
  await second.says("watching");
  write("late-star", "HIP 108400", 5);
  const late = await second.rows(1);
  await second.end("SIGINT");
  assertEquals(list(late), [["late-star", "standard", 90, true]]);
  assertEquals(rowsOf(`${folder.path}/n.ndjson`), [...rows, ...late]);
});

Deno.test("--report keeps a page of the frames up to date, --full their pixels beside it", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const page = `${folder.path}/night.html`;
  const args = ["night", "--report", "night.html", "--full"];
  const watch = startWatch(folder.path, ...args);
  await watch.says("watching");
  Deno.writeFileSync(`${night}/a.fits`, BIAS);
  await watch.rows(1);
  const names = () => {
    try {
      return [...Deno.readTextFileSync(page).matchAll(/class="file">([^<]+)/g)]
        .map(([, name]) => name);
    } catch {
      return [];
    }
  };
  await until(() => names().length === 1, () => "no page");
  Deno.writeFileSync(`${night}/b.fits`, LYING);
  await watch.rows(2);
  assertEquals((await watch.end("SIGINT")).code, 0);
  assertEquals(names(), ["b.fits", "a.fits"]);
  const left = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
  assertEquals(left.sort(), ["night", "night.html", "night.pixels"]);
  const pixels = [...Deno.readDirSync(`${folder.path}/night.pixels`)];
  assertEquals(pixels.map(({ name }) => name).sort(), ["0-0.js", "1-0.js"]);
});

Deno.test("watch waits for a missing folder, and refuses files and rows that cannot be appended", async () => {
  const { folder, night } = makeNight();
  using _ = folder;
  const watch = startWatch(folder.path, "tonight");
  await watch.says(`waiting for ${folder.path}/tonight: it does not exist`);
  Deno.mkdirSync(`${folder.path}/tonight`);
  Deno.writeFileSync(`${folder.path}/tonight/a.fits`, BIAS);
  await watch.rows(1);
  await watch.end("SIGINT");

  Deno.writeFileSync(`${night}/a.fits`, BIAS);
  for (
    const [args, message] of [
      [["night/a.fits"], /is a file, and watch takes folders/],
      [["night", "--append", "night/a.fits"], /name is that of a frame/],
      [["night", "--append", "absent/n.ndjson"], /cannot append rows to/],
      [["night", "--settle", "0"], /must be a number above 0/],
      [["night", "--full"], /--full needs a page: add --report/],
    ] as const
  ) {
    const { code, out, err } = await startWatch(folder.path, ...args).end();
    assertEquals([code, out], [2, ""], args.join(" "));
    assertMatch(err, message);
  }
  assertEquals(Deno.readFileSync(`${night}/a.fits`), BIAS);
});
