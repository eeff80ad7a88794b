/** Made-up frames of a night, with pictures, for tests of its page. */
import { showHdu, type ShownHdu } from "../../lib/classify/shown_file.ts";
import type { TypedFile } from "../../lib/classify/classify_inputs_of_files.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { fileOutput } from "../../lib/io/output.ts";
import { startNightReport } from "../../lib/output/night/night_report.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { NO_LOG } from "../no_log.ts";

const shown = new Map<FrameType, readonly ShownHdu[]>();

/** One simulated picture of each type, whoever asks. */
function shownOf(type: FrameType): readonly ShownHdu[] {
  if (!shown.has(type)) {
    const { plane, cards } = simulateFrame({ seed: 5, type });
    const values = new Map(cards.map(({ keyword, value }) => [keyword, value]));
    const frame = { ...plane, hdu: 0, header: { cards, values } };
    shown.set(type, [showHdu(frame, preprocess(plane))]);
  }
  return shown.get(type)!;
}

/** A frame of a type, as sure and as much in agreement as a test wants it. */
export function typedFile(
  file: string,
  type: FrameType | "unknown",
  rest: Partial<Verdict> = {},
): TypedFile {
  const picture = type === "unknown" ? "science" : type;
  return {
    verdict: {
      file,
      type,
      confidence: 0.9,
      reason: type === "unknown" ? "low confidence" : null,
      votes: { [picture]: 4 },
      probabilities: { [picture]: 0.9, bias: 0.1 },
      strangeness: 0.01,
      hdus: [0],
      header: { type: picture, evidence: `IMAGETYP=${picture}` },
      agreement: type === "unknown" ? "silent" : "agree",
      log: { ...NO_LOG, night: "2026-01-01", mjd: 61041, instrument: "kast" },
      model: "tiny@1.0.0",
      error: null,
      ...rest,
    },
    shown: shownOf(picture),
  };
}

/** A file that could not be read. */
export function brokenFile(file: string, message: string): TypedFile {
  return {
    verdict: {
      ...typedFile(file, "bias").verdict,
      type: null,
      confidence: null,
      votes: {},
      probabilities: {},
      header: null,
      agreement: null,
      log: null,
      error: { code: "truncated_data", message },
    },
    shown: [],
  };
}

/** Writes a page of them to a temporary file; gone with the scope. */
export async function pageOf(files: readonly TypedFile[], title = "night") {
  const path = await Deno.makeTempFile({ suffix: ".html" });
  using report = startNightReport(path);
  for (const file of files) report.add(file, null);
  const output = await fileOutput(path);
  await report.write(output, title, "typed by a test");
  await output.commit();
  return {
    path,
    url: `file://${path}`,
    [Symbol.dispose]: () => Deno.removeSync(path),
  };
}
