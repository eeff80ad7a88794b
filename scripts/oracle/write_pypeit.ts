/**
 * Writes `.pypeit` files for every spectrograph that has rules, and corrected copies of
 * them, for `check_pypeit.py`. The frames are empty files.
 *
 *     deno run -A scripts/oracle/write_pypeit.ts FOLDER
 */
import {
  type Spectrograph,
  SPECTROGRAPHS,
} from "../../lib/calibration/configuration.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import {
  applyChanges,
  compareEntry,
  parsePypeitDocument,
} from "../../lib/output/pypeit/correct_pypeit.ts";
import { writePypeit } from "../../lib/output/pypeit/write_pypeit.ts";
import { basename, join } from "../../lib/std.ts";

function makeVerdict(
  file: string,
  type: Verdict["type"] & string,
  log: LogEntry,
): Verdict {
  return {
    file,
    type,
    probability: 0.99,
    probabilities: { [type]: 0.99 },
    decided_by: ["pixels"],
    subtype: null,
    use: type !== "unknown",
    flags: [],
    reason: type === "unknown" ? "undecided" : null,
    pixels: {
      type,
      probability: 0.99,
      probabilities: { [type]: 0.99 },
      votes: {},
      ood: null,
    },
    header: {
      type: null,
      subtype: null,
      evidence: "",
      standard: null,
      object: null,
      differs: [],
    },
    agreement: "silent",
    log,
    hdus: [0],
    model: "oracle@0.0.0",
    error: null,
  };
}

/** Returns a log entry of the spectrograph, from a day on which its detector was in use. */
function makeLog({ instrument, keys, since, until }: Spectrograph): LogEntry {
  const day = Date.parse(since ?? "2015-01-01") / 86_400_000 + 40_587;
  const last = until === undefined ? Infinity : Date.parse(until) / 86_400_000;
  return {
    instrument,
    night: null,
    start: null,
    mjd: Math.min(day + 0.5, last + 40_586),
    exposure: 10,
    target: "M 31 | a #1",
    ra: 10.68,
    dec: 41.27,
    airmass: 1.1,
    configuration: Object.fromEntries(
      keys.map((key) => [key, /angle|wave|wid/.test(key) ? "12.5" : `${key}1`]),
    ),
  };
}

/** Writes a file of frames of all types; returns its path. */
async function writeFile(
  folder: string,
  spectrograph: string,
  definition: Spectrograph,
): Promise<string> {
  const log = makeLog(definition);
  const own = join(folder, spectrograph);
  await Deno.mkdir(own, { recursive: true });
  const verdicts = [...FRAME_TYPES, "unknown" as const].map((type) =>
    makeVerdict(join(own, `${type}.fits`), type, log)
  );
  for (const { file } of verdicts) await Deno.writeTextFile(file, "");
  const { paths } = await writePypeit(verdicts, {
    spectrograph,
    folder: own,
    overwrite: true,
    maker: "scripts/oracle/write_pypeit.ts",
    date: new Date().toISOString(),
  });
  return paths[0]!;
}

/** Writes a copy in which the arc is a bias, and the flat is not used. */
async function correctFile(path: string, log: LogEntry): Promise<void> {
  const document = parsePypeitDocument(await Deno.readTextFile(path), path);
  const changes = document.entries.flatMap((entry) => {
    const type = FRAME_TYPES.find((one) => entry.filename === `${one}.fits`)!;
    const answers = { arc: "bias", flat: "unknown" } as const;
    const answer = type === "arc" || type === "flat" ? answers[type] : type;
    return compareEntry(entry, makeVerdict(entry.filename, answer, log)) ?? [];
  });
  if (changes.length !== 2) throw new Error(`${path}: ${changes.length}`);
  await Deno.writeTextFile(
    path.replace(/\.pypeit$/, "_spit.pypeit"),
    applyChanges(document, changes, "corrected by spit"),
  );
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) throw new Error("give a folder");
  for (const [name, definition] of SPECTROGRAPHS) {
    const path = await writeFile(folder, name, definition);
    await correctFile(path, makeLog(definition));
    console.log(basename(path));
  }
}
