/** Made-up frames of a night, with input images, for tests of its page. */
import type { ClassifiedFile } from "../../lib/classify/classify_files.ts";
import type { HduPreview } from "../../lib/classify/inputs.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import { prepareInputs } from "../../lib/preprocess/preprocess.ts";
import { fileOutput } from "../../lib/io/output.ts";
import { startNightReport } from "../../lib/output/night/night_report.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { NO_LOG } from "../no_log.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  type VerdictParts,
} from "../verdicts.ts";

const shown = new Map<FrameType, readonly HduPreview[]>();

/** One simulated input image of each type, whoever asks. */
function shownOf(type: FrameType): readonly HduPreview[] {
  if (!shown.has(type)) {
    const { plane, cards } = simulateFrame({ seed: 5, type });
    const { width, height } = plane;
    const { inputImage, rowMaxima } = prepareInputs(plane, {
      flips: 1,
      features: false,
    });
    shown.set(type, [
      { hdu: 0, width, height, inputImage, rowMaxima, cards },
    ]);
  }
  return shown.get(type)!;
}

/** Returns a classified file with input images. */
export function typedFile(
  file: string,
  type: FrameType | "unknown",
  parts: VerdictParts = {},
): ClassifiedFile {
  const likeliest = type === "unknown" ? "science" : type;
  return {
    verdict: makeVerdict(file, {
      type,
      reason: type === "unknown" ? "low_probability" : null,
      probabilities: { [likeliest]: 0.9, bias: 0.1 },
      ood: 0.01,
      header: { type: likeliest, evidence: `IMAGETYP=${likeliest}` },
      agreement: type === "unknown" ? "silent" : "agree",
      log: { ...NO_LOG, night: "2026-01-01", mjd: 61041, instrument: "kast" },
      ...parts,
    }),
    previews: shownOf(likeliest),
  };
}

/** Returns a file that could not be read. */
export function brokenFile(file: string, message: string): ClassifiedFile {
  return {
    verdict: makeFailedVerdict(file, { code: "truncated_data", message }),
    previews: [],
  };
}

/** Writes a page of them to a temporary file; gone with the scope. */
export async function pageOf(
  files: readonly ClassifiedFile[],
  title = "night",
) {
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
