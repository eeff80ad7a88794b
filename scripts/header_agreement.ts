/**
 * What headers claim against labels, and what is flagged of those that lie:
 *
 *     deno run -A scripts/header_agreement.ts ../shared/frames/manifest.csv
 *
 * The manifest needs a column `header_wrong`, `yes` for a header that lies about
 * the type. First the claims alone, then with a network (`--model NAME`), on all
 * frames and on those that it was not trained on.
 */
import { parse } from "csv-parse/sync";
import { parseArgs } from "node:util";
import { readClaims } from "../lib/header/read_claims.ts";
import { openFits } from "../lib/fits/open_fits.ts";
import type { HeaderClaim } from "../lib/header/claim.ts";
import { modelId } from "../lib/model/model_card.ts";
import { DEFAULT_MODEL } from "../lib/model/find_model.ts";
import { openModel } from "../lib/model/open_model.ts";
import { printable } from "../lib/output/text.ts";
import { predictFrames } from "../lib/evaluation/predictions.ts";
import { hasType, type Prediction } from "../lib/evaluation/predictions.ts";
import {
  type LabelledFrame,
  readManifest,
} from "../lib/evaluation/manifest.ts";
import { computeProportion } from "../lib/evaluation/proportion.ts";
import { selectFrames } from "../lib/evaluation/split.ts";

const WORTHS = ["right", "wrong", "contradicts itself", "silent"] as const;

type Worth = typeof WORTHS[number];

/** What a claim is worth; `science` is right of a standard, as headers write it. */
function worthOf({ type, evidence }: HeaderClaim, label: string): Worth {
  if (type === null) return evidence === "" ? "silent" : "contradicts itself";
  const right = type === label || (type === "science" && label === "standard");
  return right ? "right" : "wrong";
}

async function claimOf({ path, hdu }: LabelledFrame): Promise<HeaderClaim> {
  using file = await openFits(path);
  return readClaims(file, hdu).header;
}

/** Counts by instrument, those without a type in a row of their own. */
function claimTable(
  frames: readonly LabelledFrame[],
  claims: ReadonlyMap<LabelledFrame, HeaderClaim>,
): string {
  const rows = new Map<string, Record<Worth, number>>();
  for (const frame of frames) {
    const typed = frame.label !== "other";
    const names = typed ? [frame.instrument, "all"] : ["(no type)"];
    for (const name of names) {
      const row = rows.get(name) ??
        { right: 0, wrong: 0, "contradicts itself": 0, silent: 0 };
      row[worthOf(claims.get(frame)!, frame.label)]++;
      rows.set(name, row);
    }
  }
  const sorted = [...rows].sort(([a], [b]) => a.localeCompare(b));
  const line = (cells: readonly (string | number)[]) =>
    cells.map((cell) => String(cell).padEnd(20)).join("")
      .trimEnd();
  return [
    line(["claim", ...WORTHS]),
    ...sorted.map(([name, row]) => line([name, ...WORTHS.map((w) => row[w])])),
  ].join("\n");
}

/** What is flagged of the headers that lie, and of those that do not. */
function flagText(
  title: string,
  judged: readonly Prediction[],
  liars: ReadonlySet<string>,
): string {
  const lies = ({ frame }: Prediction) => liars.has(frame.path);
  const claims = ({ verdict }: Prediction) => verdict.header?.evidence !== "";
  const isFlagged = ({ verdict }: Prediction) =>
    verdict.agreement === "conflict";
  const typed = judged.filter(hasType);
  const lying = typed.filter((one) => lies(one) && claims(one));
  const right = typed.filter((one) => !lies(one));
  const untyped = judged.filter((one) => !hasType(one));
  return [
    `${title}: ${judged.length} frames`,
    `  flagged, of headers that lie and claim a type: ${
      share(lying, isFlagged)
    }`,
    ...lying.filter((one) => !isFlagged(one)).map((one) =>
      `    missed: ${shown(one)}`
    ),
    `  lying headers that claim nothing: ${
      typed.filter((one) => lies(one) && !claims(one)).length
    }`,
    `  false alarms, of headers that are right: ${share(right, isFlagged)}`,
    `  … of those among them that claim a type: ${
      share(right.filter(claims), isFlagged)
    }`,
    ...right.filter(isFlagged).map((one) => `    ${shown(one)}`),
    `  flagged, of frames that have no type: ${share(untyped, isFlagged)}`,
    ...untyped.filter(isFlagged).map((one) => `    ${shown(one)}`),
  ].join("\n");
}

function share(
  judged: readonly Prediction[],
  is: (one: Prediction) => boolean,
): string {
  const { count, n, interval } = computeProportion(
    judged.filter(is).length,
    judged.length,
  );
  const [low, high] = interval.map((limit) => (100 * limit).toFixed(1));
  return `${count} of ${n} (95 %: ${low} % to ${high} %)`;
}

function shown({ frame, verdict }: Prediction): string {
  const pixels = verdict.error?.code ?? verdict.reason ?? verdict.type;
  const text = `${frame.path}: label ${frame.label}, pixels ${pixels}, ` +
    `header ${verdict.header?.type} (${verdict.header?.evidence})`;
  return printable(text);
}

async function liarsOf(
  manifest: string,
  frames: readonly LabelledFrame[],
): Promise<Set<string>> {
  const rows: Record<string, string>[] = parse(
    await Deno.readTextFile(manifest),
    { columns: true, skip_empty_lines: true, trim: true },
  );
  const liars = frames.filter((_, k) => rows[k]!.header_wrong === "yes");
  return new Set(liars.map(({ path }) => path));
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    options: { model: { type: "string", default: DEFAULT_MODEL } },
    allowPositionals: true,
  });
  const [manifest] = positionals;
  if (manifest === undefined) {
    console.error("usage: header_agreement.ts MANIFEST [--model NAME]");
    Deno.exit(2);
  }
  const frames = await readManifest(manifest);
  const liars = await liarsOf(manifest, frames);
  const claims = new Map<LabelledFrame, HeaderClaim>();
  for (const frame of frames) claims.set(frame, await claimOf(frame));
  console.log(claimTable(frames, claims));
  for (const frame of frames) {
    const claim = claims.get(frame)!;
    const worth = worthOf(claim, frame.label);
    if (frame.label === "other" || liars.has(frame.path)) continue;
    if (worth === "right" || worth === "silent") continue;
    console.log(
      printable(
        `unexpected: ${frame.path}: label ${frame.label}, ${worth} (${claim.evidence})`,
      ),
    );
  }

  await using model = await openModel(values.model, "auto");
  const judged = await Array.fromAsync(predictFrames(frames, model));
  const unseen = await selectFrames(frames, model.card);
  const isUnseen = new Set(unseen.frames);
  console.log(`\n${modelId(model.card)}`);
  console.log(flagText("all frames", judged, liars));
  console.log(
    flagText(
      `the ${unseen.side} side`,
      judged.filter(({ frame }) => isUnseen.has(frame)),
      liars,
    ),
  );
}
