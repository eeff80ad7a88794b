import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseLine } from "../../lib/commands/stream.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";
import { spit, startSpit } from "./spit.ts";

const STREAM = ["classify", "-", "--stream", "--model", TINY, "--device=cpu"];

/** A folder with a bias, a bias whose header claims an arc, and a bias whose name has a line break. */
function makeFrames(): ReturnType<typeof temporaryFolder> {
  const folder = temporaryFolder();
  const write = (name: string, type: string) =>
    Deno.writeFileSync(
      `${folder.path}/${name}.fits`,
      fitsOf([evenPlane()], { OBSTYPE: type }),
    );
  write("bias", "BIAS");
  write("lying", "ARC");
  write("two\nlines", "BIAS");
  return folder;
}

function parseRows(out: string): unknown[] {
  return out.trimEnd().split("\n").map((line) => {
    const { file, type, agreement, error } = JSON.parse(line);
    return [file, error?.code ?? type, agreement];
  });
}

Deno.test("parseLine: a line is a JSON string, an object with a file, or the path itself", () => {
  const paths = {
    '"r1.fits"': "r1.fits",
    '"a\\nb.fits"': "a\nb.fits",
    '{"file":"r1.fits","type":"arc"}': "r1.fits",
    "/data/r1.fits": "/data/r1.fits",
    " r1.fits ": " r1.fits ",
    '"r1.fits': '"r1.fits',
    '{"path":"r1.fits"}': '{"path":"r1.fits"}',
    "17": "17",
    "null": "null",
    "": "",
  };
  for (const [line, path] of Object.entries(paths)) {
    assertEquals(parseLine(line), path, line);
  }
});

Deno.test("--stream answers each line before the next one comes, and ends with its input", async () => {
  using folder = makeFrames();
  const child = startSpit([...STREAM, "--quiet"], folder.path);
  const writer = child.stdin.getWriter();
  const rows = createInterface({ input: Readable.fromWeb(child.stdout) })
    [Symbol.asyncIterator]();
  const answers = [];
  for (
    const path of ["bias.fits", "absent.fits", "two\nlines.fits", "bias.fits"]
  ) {
    await writer.write(
      new TextEncoder().encode(JSON.stringify(path) + "\n"),
    );
    const { value = "" } = await rows.next();
    answers.push(...parseRows(value));
  }
  assertEquals(answers, [
    ["bias.fits", "bias", "agree"],
    ["absent.fits", "not_found", null],
    ["two\nlines.fits", "bias", "agree"],
    ["bias.fits", "bias", "agree"],
  ]);
  await writer.close();
  assertEquals((await rows.next()).done, true);
  assertEquals((await child.status).code, 0);
  assertEquals(await new Response(child.stderr).text(), "");
});

Deno.test("--stream answers many lines in order, and --strict exits 1 for a finding", async () => {
  using folder = makeFrames();
  const lines = ["bias.fits", "", '{"file":"lying.fits"}', ".", "a\0b"];
  const { code, out, err } = await spit(
    [...STREAM, "--strict"],
    folder.path,
    lines.join("\n"),
  );
  assertEquals([code, err], [1, "tiny@1.0.0 on cpu\n"]);
  const rows = parseRows(out) as string[][];
  assertEquals(rows.map(([file]) => file), [
    ...["bias.fits", "", "lying.fits", ".", "a\0b"],
  ]);
  assertEquals(rows[0], ["bias.fits", "bias", "agree"]);
  assertEquals(rows[2], ["lying.fits", "bias", "conflict"]);
  const intact = await spit([...STREAM, "--strict"], folder.path, "bias.fits");
  assertEquals(intact.code, 0);
});

Deno.test("--stream refuses other paths and formats", async () => {
  using folder = temporaryFolder();
  const named = await spit([...STREAM, "night"], folder.path);
  assertEquals([named.code, named.out], [2, ""]);
  assertStringIncludes(named.err, "give - as the only PATH");
  const csv = await spit([...STREAM, "--format", "csv"], folder.path);
  assertEquals([csv.code, csv.out], [2, ""]);
  assertStringIncludes(csv.err, "'--stream' cannot be used with option");
});
