/**
 * Compares the claims of headers with labels, and counts which wrong headers are
 * reported as conflicts:
 *
 *     deno run -A scripts/header_agreement.ts ../shared/frames/manifest.csv [--model NAME]
 *
 * The manifest needs a column `header_wrong`, `yes` for a header that claims a wrong
 * type. The conflicts are counted on all frames, and on those that the model was not
 * trained on.
 */
import { parse } from "csv-parse/sync";
import { parseArgs } from "node:util";
import {
  type LabelledFrame,
  readManifest,
} from "../lib/evaluation/manifest.ts";
import {
  hasType,
  predictFrames,
  type Prediction,
} from "../lib/evaluation/predictions.ts";
import { computeProportion } from "../lib/evaluation/proportion.ts";
import { selectFrames } from "../lib/evaluation/split.ts";
import { openFits } from "../lib/fits/open_fits.ts";
import type { HeaderClaim } from "../lib/header/claim.ts";
import { readClaims } from "../lib/header/read_claims.ts";
import { DEFAULT_MODEL } from "../lib/model/find_model.ts";
import { modelId } from "../lib/model/model_card.ts";
import { openModel } from "../lib/model/open_model.ts";
import { formatProportion } from "../lib/output/evaluation/text.ts";
import { printable } from "../lib/output/text.ts";

const RESULTS = ["correct", "wrong", "contradictory", "none"] as const;

/** Compares a claim with a label; headers call standards `science`, which is correct. */
function compareClaim(
  { type, evidence }: HeaderClaim,
  label: string,
): typeof RESULTS[number] {
  if (type === null) return evidence === "" ? "none" : "contradictory";
  const isCorrect = type === label ||
    (type === "science" && label === "standard");
  return isCorrect ? "correct" : "wrong";
}

/** Formats counts by instrument, with frames labelled `other` in a row of their own. */
function formatClaims(
  claims: ReadonlyMap<LabelledFrame, HeaderClaim>,
): string {
  const cells = [...claims].flatMap(([{ label, instrument }, claim]) => {
    const result = compareClaim(claim, label);
    const names = label === "other" ? ["(other)"] : [instrument, "all"];
    return names.map((name) => ({ name, result }));
  });
  const rows = [...Map.groupBy(cells, ({ name }) => name)]
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([name, own]) => [
      name,
      ...RESULTS.map((one) =>
        own.filter(({ result }) => result === one).length
      ),
    ]);
  return [["claim", ...RESULTS], ...rows].map((row) =>
    row.map((cell) => String(cell).padEnd(20)).join("").trimEnd()
  ).join("\n");
}

/** Formats how many wrong and correct headers are reported as conflicts. */
function formatConflicts(
  title: string,
  predictions: readonly Prediction[],
  wrongHeaders: ReadonlySet<string>,
): string {
  const isWrong = ({ frame }: Prediction) => wrongHeaders.has(frame.path);
  const hasClaim = ({ verdict }: Prediction) => verdict.header?.evidence !== "";
  const isConflict = ({ verdict }: Prediction) =>
    verdict.agreement === "conflict";
  const formatRow = (name: string, rows: readonly Prediction[]) => {
    const conflicts = rows.filter(isConflict).length;
    const proportion = computeProportion(conflicts, rows.length);
    return `  ${name}: ${formatProportion(proportion)}`;
  };
  const typed = predictions.filter(hasType);
  const wrong = typed.filter((one) => isWrong(one) && hasClaim(one));
  const correct = typed.filter((one) => !isWrong(one));
  const other = predictions.filter((one) => !hasType(one));
  return [
    `${title}: ${predictions.length} frames`,
    formatRow("conflicts among wrong claims", wrong),
    ...wrong.filter((one) => !isConflict(one)).map(formatPrediction),
    formatRow("conflicts among other headers", correct),
    ...correct.filter(isConflict).map(formatPrediction),
    formatRow("  of those with a claim", correct.filter(hasClaim)),
    formatRow("conflicts among frames labelled other", other),
    ...other.filter(isConflict).map(formatPrediction),
  ].join("\n");
}

function formatPrediction({ frame, verdict }: Prediction): string {
  const { header, error, reason, type } = verdict;
  return printable(
    `    ${frame.path}: label ${frame.label}, ` +
      `verdict ${error?.code ?? reason ?? type}, ` +
      `header ${header?.type} (${header?.evidence})`,
  );
}

async function readWrongHeaders(
  manifest: string,
  frames: readonly LabelledFrame[],
): Promise<Set<string>> {
  const rows: Record<string, string>[] = parse(
    await Deno.readTextFile(manifest),
    { columns: true, skip_empty_lines: true, trim: true },
  );
  const wrong = frames.filter((_, k) => rows[k]!.header_wrong === "yes");
  return new Set(wrong.map(({ path }) => path));
}

if (import.meta.main) {
  const { values, positionals: [manifest] } = parseArgs({
    args: Deno.args,
    options: { model: { type: "string", default: DEFAULT_MODEL } },
    allowPositionals: true,
  });
  if (manifest === undefined) {
    console.error("usage: header_agreement.ts MANIFEST [--model NAME]");
    Deno.exit(2);
  }
  const frames = await readManifest(manifest);
  const wrongHeaders = await readWrongHeaders(manifest, frames);
  const claims = new Map<LabelledFrame, HeaderClaim>();
  for (const frame of frames) {
    using file = await openFits(frame.path);
    claims.set(frame, readClaims(file, frame.hdu).header);
  }
  console.log(formatClaims(claims));
  for (const [{ path, label }, claim] of claims) {
    if (label === "other" || wrongHeaders.has(path)) continue;
    const result = compareClaim(claim, label);
    if (result === "correct" || result === "none") continue;
    console.log(
      printable(
        `unexpected: ${path}: label ${label}, claim ${result} (${claim.evidence})`,
      ),
    );
  }

  await using model = await openModel(values.model, "auto");
  const predictions = await Array.fromAsync(predictFrames(frames, model));
  const selection = await selectFrames(frames, model.card);
  const selected = new Set(selection.frames);
  console.log(`\n${modelId(model.card)}`);
  console.log(formatConflicts("all frames", predictions, wrongHeaders));
  console.log(
    formatConflicts(
      `the ${selection.side} side`,
      predictions.filter(({ frame }) => selected.has(frame)),
      wrongHeaders,
    ),
  );
}
