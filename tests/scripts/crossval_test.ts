import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { dirname, join } from "../../lib/std.ts";
import { fileURLToPath } from "node:url";
import { groupNamesByFold } from "../../lib/evaluation/folds.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const SCRIPT = fileURLToPath(
  new URL("../../scripts/crossval.ts", import.meta.url),
);

/**
 * Replaces Python, because training five networks takes minutes; the package itself
 * is tested in tests/scripts/train. `spit_train train` prints its arguments and
 * writes the tiny network; `spit_train calibrate` lists the networks and the
 * predictions that exist by then.
 */
const TRAINER = `#!/bin/sh
all="$*"
case "$3" in calibrate)
  (cd "$4" && ls fold-*/*.json fold-*/predictions.ndjson) >"$4/calibrated.txt" 2>/dev/null
  exit 0;;
esac
while [ $# -gt 0 ]; do
  case "$1" in
    --out) out="$2";;
    --hold-out) held="$2";;
  esac
  shift
done
echo "$all"
case "$all" in *--fail*) echo "no such luck" >&2; exit 3;; esac
cp "$held" "$out/was-held-out.txt"
cp ${dirname(TINY)}/tiny.onnx "$out/"
cp ${TINY} "$out/spit-compact.json"
`;

async function crossval(
  folder: string,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", SCRIPT].concat(
      ["--manifest", join(folder, "labels.csv")],
      ["--dataset", join(folder, "real"), "--work", join(folder, "work")],
      ["--python", join(folder, "trainer"), ...args],
    ),
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

const FRAMES = [
  ["a.fits", "bias", "kast-red"],
  ["b.fits", "arc", "kast-blue"],
  ["c.fits", "bias", "sprat"],
  ["d.fits", "other", "sprat"],
] as const;

async function folderWithFrames(): Promise<{ path: string } & Disposable> {
  const folder = temporaryFolder();
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(folder.path, name), text);
  for (const [k, [name]] of FRAMES.entries()) {
    // No two flip_invariant: copies would be moved to one fold.
    const bytes = fitsOf([evenPlane(700, 260 + k)]);
    await Deno.writeFile(join(folder.path, name), bytes);
  }
  const rows = FRAMES.map((row) => row.join() + "\n");
  await write("labels.csv", `path,label,instrument\n${rows.join("")}`);
  await Deno.mkdir(join(folder.path, "real"));
  const names = FRAMES.map(([name]) => `real,${join(folder.path, name)}\n`);
  await write(
    "real/index.csv",
    `source,name\nsimulated,arc/1\n${names.join("")}`,
  );
  await write("trainer", TRAINER);
  await Deno.chmod(join(folder.path, "trainer"), 0o755);
  return folder;
}

Deno.test("crossval: trains without each spectrograph, classifies it, scores all together, and repeats nothing", async () => {
  using folder = await folderWithFrames();
  const work = join(folder.path, "work");
  const first = await crossval(
    folder.path,
    "--folds",
    "2",
    "--start",
    "w.pt",
    "--",
    "--epochs",
    "3",
  );
  assertEquals(first.code, 0, first.err);
  assertStringIncludes(first.out, "Cross-validation: 4 frames of 2 folds");
  assert(/\n {2}correct +66\.7 % \(2\/3;/.test(first.out));
  assert(/\n {2}labelled other, rejected +0\.0 % \(0\/1;/.test(first.out));

  const held = [0, 1].map((k) =>
    Deno.readTextFileSync(join(work, `fold-${k}`, "was-held-out.txt")).trim()
      .split("\n").map((path) => path.slice(-6)).join(" ")
  );
  assertEquals(held.toSorted(), ["a.fits b.fits", "c.fits d.fits"]);
  assertEquals(
    Deno.readTextFileSync(join(work, "calibrated.txt")).trim().split("\n"),
    ["fold-0/spit-compact.json", "fold-1/spit-compact.json"],
  );
  const log = Deno.readTextFileSync(join(work, "fold-0", "log.txt"));
  assertStringIncludes(log, "--start w.pt");
  assert(log.startsWith("-m spit_train train "), log);
  assert(log.trimEnd().endsWith("--epochs 3"));
  const made = [...Deno.readDirSync(work)].map(({ name }) => name);
  for (const end of ["ndjson", "txt", "json", "html"]) {
    assert(
      made.some((name) =>
        /^(score|predictions)/.test(name) && name.endsWith(end)
      ),
    );
  }

  const again = await crossval(
    folder.path,
    "--folds",
    "2",
    "--start",
    "w.pt",
    "--",
    "--epochs",
    "3",
  );
  assertEquals([again.code, again.out], [0, first.out]);
  assertEquals(Deno.readTextFileSync(join(work, "fold-0", "log.txt")), log);

  const other = await crossval(folder.path, "--folds", "2");
  assertEquals(other.code, 2);
  assertStringIncludes(other.err, "another --work");
});

Deno.test("crossval: reports a trainer that fails with its last line", async () => {
  using folder = await folderWithFrames();
  const { code, err } = await crossval(
    folder.path,
    "--folds",
    "2",
    "--",
    "--fail",
  );
  assertEquals(code, 2);
  assertStringIncludes(err, "ended with 3: no such luck");
});

Deno.test("groupNamesByFold: an input image of no labelled frame is an error", () => {
  assertThrows(
    () => groupNamesByFold(["x.fits"], ["a.fits"], [0]),
    Error,
    "x.fits",
  );
});
