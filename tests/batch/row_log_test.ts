import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "../fast_check.ts";
import { SpitError } from "../../lib/errors.ts";
import { openRowLog } from "../../lib/batch/row_log.ts";
import { createRow, formatRow } from "../../lib/batch/rows.ts";
import { RETRYABLE_CODES } from "./retryable_codes.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import { recordSyncs, temporaryFolder } from "../tiny.ts";

function makeRow(path: string, size: number, modified = 1_500_000_000_123) {
  return createRow(makeVerdict(path), { size, modified });
}

Deno.test("appended files are known, in their last version", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  {
    using log = await openRowLog(path, () => {});
    assertEquals(log.known, []);
    await log.append(makeRow("/n/a.fits", 1));
    await log.append(makeRow("/n/b.fits", 2));
    await log.append(makeRow("/n/a.fits", 3));
  }
  using log = await openRowLog(path, () => {});
  assertEquals(log.known.map(({ path, size }) => [path, size]), [
    ["/n/a.fits", 3],
    ["/n/b.fits", 2],
  ]);
  assertEquals(log.known[0]!.modified, 1_500_000_000_123);
  assertEquals(log.latest, [makeRow("/n/a.fits", 3), makeRow("/n/b.fits", 2)]);
});

Deno.test("a log that ends at any byte keeps its complete rows and takes the next one", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  const names = ["/n/ä.fits", "/n/b.fits", "/n/c.fits"];
  const lines = names.map((name, k) => formatRow(makeRow(name, k)));
  const whole = new TextEncoder().encode(lines.join(""));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: whole.length }),
      async (cut) => {
        Deno.writeFileSync(path, whole.subarray(0, cut));
        const text = new TextDecoder().decode(whole.subarray(0, cut));
        {
          using log = await openRowLog(path, () => {});
          // A line that lacks only its line break is complete.
          const rows =
            (text + "\n").split("\n").filter((line) =>
              line.endsWith("}") && lines.includes(line + "\n")
            ).length;
          assertEquals(log.known.length, rows);
          await log.append(makeRow("/n/next.fits", 9));
        }
        const rows = Deno.readTextFileSync(path).trimEnd().split("\n")
          .map((line) => JSON.parse(line).file);
        assertEquals(rows.at(-1), "/n/next.fits");
        assertEquals(rows.slice(0, -1), names.slice(0, rows.length - 1));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("a closed log is not locked while another thread starts programs", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  const code = `for (let k = 0; k < 150; k++) {
    new Deno.Command(Deno.execPath(), { args: ["--help"], stdout: "null" }).spawn().kill();
  }
  postMessage("done");`;
  const url = `data:text/javascript,${encodeURIComponent(code)}`;
  const worker = new Worker(url, { type: "module" });
  let isDone = false;
  worker.onmessage = () => isDone = true;
  while (!isDone) {
    using log = await openRowLog(path, () => {});
    assertEquals(log.known, []);
  }
  worker.terminate();
});

Deno.test("a file that is not a log is refused and not changed", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/notes.txt`;
  for (
    const text of [
      "SIMPLE  =                    T",
      '{"file":"a.fits","decided_by":[]}\nSIMPLE',
      // Rows of versions before 0.6.
      '{"file":"a.fits","probability":0.9}\n',
      '{"file":"a.fits","probability":0.9}',
      '{"file":"a.fits","confidence":0.9}\n',
      "path,label\nr1.fits,arc\n",
      '["file"]\n',
      '{"file":3}\n',
    ]
  ) {
    Deno.writeTextFileSync(path, text);
    const error = await assertRejects(
      () => openRowLog(path, () => {}),
      SpitError,
      "is not a row of watch",
    );
    assertEquals(error.code, "usage");
    assertEquals(Deno.readTextFileSync(path), text);
  }
  await assertRejects(() => openRowLog(folder.path, () => {}), SpitError);
  await assertRejects(
    () => openRowLog(`${folder.path}/r1.fits`, () => {}),
    SpitError,
    "its name is that of a frame",
  );
});

Deno.test({
  name: "a device or a pipe is refused as a log, without being read",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const pipe = `${folder.path}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    for (const path of ["/dev/zero", pipe]) {
      const error = await assertRejects(
        () => openRowLog(path, () => {}),
        SpitError,
        "it is not a regular file",
      );
      assertEquals(error.code, "usage");
    }
  },
});

Deno.test("a log in a folder that does not exist is refused with that reason", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/absent/n.ndjson`;
  const error = await assertRejects(
    () => openRowLog(path, () => {}),
    SpitError,
  );
  assertEquals(error.code, "usage");
  assertStringIncludes(
    error.message,
    `cannot append rows to ${path}: there is no folder ${folder.path}/absent`,
  );
});

Deno.test("rows of classify are kept, but their files are not known", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  const { size: _, modified: __, ...verdict } = makeRow("/n/a.fits", 1);
  Deno.writeTextFileSync(path, JSON.stringify(verdict) + "\n");
  using log = await openRowLog(path, () => {});
  assertEquals(log.known, []);
});

Deno.test("a file with a retryable error is not known, one with a final error is", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  {
    using log = await openRowLog(path, () => {});
    for (const code of [...RETRYABLE_CODES, "not_fits"] as const) {
      const error = { code, message: "…" };
      const verdict = makeFailedVerdict(`/n/${code}.fits`, error);
      await log.append(
        createRow(verdict, { size: 1, modified: 1_500_000_000_123 }),
      );
    }
  }
  using log = await openRowLog(path, () => {});
  assertEquals(log.known.map((file) => file.path), ["/n/not_fits.fits"]);
});

Deno.test("a log that is open cannot be opened again", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  using _ = await openRowLog(path, () => {});
  const error = await assertRejects(
    () => openRowLog(path, () => {}),
    SpitError,
  );
  assertStringIncludes(error.message, "another watch writes to it");
});

Deno.test("a log that is cut at any byte while it is open keeps every later row", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  const lines = ["/n/ä.fits", "/n/b.fits"].map((name) =>
    formatRow(makeRow(name, 1))
  );
  const size = new TextEncoder().encode(lines.join("")).length;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: size }), async (cut) => {
      Deno.writeTextFileSync(path, lines.join(""));
      const notices: string[] = [];
      {
        using log = await openRowLog(path, (text) => notices.push(text));
        Deno.truncateSync(path, cut);
        await log.append(makeRow("/n/c.fits", 2));
        await log.append(makeRow("/n/d.fits", 3));
      }
      const changed = `${path} was changed by another program`;
      assertEquals(notices, cut === size ? [] : [changed]);
      using log = await openRowLog(path, () => {});
      const files = log.latest.map(({ file }) => file);
      assertEquals(files.slice(-2), ["/n/c.fits", "/n/d.fits"]);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a row that follows an incomplete one on the same line is kept", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/n.ndjson`;
  const [a, b] = ["/n/a.fits", "/n/b.fits"].map((name) =>
    formatRow(makeRow(name, 1))
  );
  Deno.writeTextFileSync(path, a!.slice(0, 60) + b + a!.slice(0, 60) + "\n");
  const notices: string[] = [];
  using log = await openRowLog(path, (text) => notices.push(text));
  assertEquals(log.latest.map(({ file }) => file), ["/n/b.fits"]);
  assertEquals(notices, [
    `${path}: skipped incomplete rows in lines 1, 2; their frames are classified again`,
  ]);
});

Deno.test({
  name: "each row, and the folder of a new log, is synced to the disk",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const path = `${folder.path}/n.ndjson`;
    using syncs = recordSyncs();
    using log = await openRowLog(path, () => {});
    assertEquals(syncs.take(), ["folder"]);
    await log.append(makeRow("/n/a.fits", 1));
    assertEquals(syncs.take(), ["file"]);
  },
});
