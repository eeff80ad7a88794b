/** Makes classified frames with images, and the report page of them. */
import type { ClassifiedFile } from "../../lib/classify/classify_files.ts";
import type { HduPreview } from "../../lib/classify/inputs.ts";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import { prepareInputs } from "../../lib/preprocess/preprocess.ts";
import { fileOutput } from "../../lib/io/output.ts";
import {
  listCards,
  renderDetails,
  renderThumbnails,
} from "../../lib/output/night/frame.tsx";
import {
  detailsBlock,
  renderReportPage,
} from "../../lib/output/night/page.tsx";
import { startNightReport } from "../../lib/output/night/night_report.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { NO_LOG } from "../no_log.ts";
import {
  makeFailedVerdict,
  makeVerdict,
  NO_CLAIM,
  type VerdictParts,
} from "../verdicts.ts";

const imagesByType = new Map<FrameType, readonly HduPreview[]>();

/** Simulated input images by type, made once. */
function simulateImages(type: FrameType): readonly HduPreview[] {
  if (!imagesByType.has(type)) {
    const { plane, cards } = simulateFrame({ seed: 5, type });
    const { width, height } = plane;
    const inputs = prepareInputs(plane, { flips: 1, features: false });
    const { inputImage, rowMaxima } = inputs;
    imagesByType.set(type, [
      { hdu: 0, width, height, inputImage, rowMaxima, cards },
    ]);
  }
  return imagesByType.get(type)!;
}

/** Returns a classified file with input images. */
export function classifiedFile(
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
      header: {
        ...NO_CLAIM,
        type: likeliest,
        evidence: `IMAGETYP=${likeliest}`,
      },
      agreement: type === "unknown" ? "silent" : "agree",
      log: { ...NO_LOG, night: "2026-01-01", mjd: 61041, instrument: "kast" },
      ...parts,
    }),
    previews: simulateImages(likeliest),
  };
}

/** Returns a file that could not be read. */
export function brokenFile(file: string, message: string): ClassifiedFile {
  return {
    verdict: makeFailedVerdict(file, { code: "truncated_data", message }),
    previews: [],
  };
}

/** Writes a report to a temporary file, which disposal removes. */
export async function writeReport(
  files: readonly ClassifiedFile[],
  title = "night",
  { path = Deno.makeTempFileSync({ suffix: ".html" }), refresh }: {
    readonly path?: string;
    readonly refresh?: number;
  } = {},
) {
  using report = startNightReport(path);
  for (const file of files) report.add(file);
  const output = await fileOutput(path);
  await report.write(output, title, "classified by a test", refresh);
  await output.commit();
  return {
    path,
    url: `file://${path}`,
    [Symbol.dispose]: () => Deno.removeSync(path),
  };
}

/**
 * Writes a report of many frames in which frames of the same type share their
 * images and details, which take most of the time to make.
 */
export async function writeLargeReport(count: number) {
  const makeFrame = (type: FrameType) => {
    const { verdict, previews } = classifiedFile(`night/${type}.fits`, type);
    const html = renderDetails(verdict, previews);
    const thumbnails = renderThumbnails(previews);
    return {
      verdict,
      html,
      thumbnails,
      cards: listCards(previews),
      site: null,
    };
  };
  const byType = FRAME_TYPES.map(makeFrame);
  const frames = Array.from({ length: count }, (_, id) => {
    const frame = byType[id % byType.length]!;
    const verdict = { ...frame.verdict, file: `night/r${id}.fits` };
    return { ...frame, id, verdict };
  });
  const page = { title: "night", subtitle: "classified by a test", frames };
  const [before, after] = renderReportPage(page);
  const blocks = frames.map(({ id, html, cards }) =>
    detailsBlock(id, html, cards)
  );
  const path = await Deno.makeTempFile({ suffix: ".html" });
  await Deno.writeTextFile(path, [before, ...blocks, after].join(""));
  return {
    url: `file://${path}`,
    [Symbol.dispose]: () => Deno.removeSync(path),
  };
}
