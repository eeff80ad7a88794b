/**
 * A check as text.
 *
 * @module
 */
import type { EndToEnd } from "./end_to_end.ts";
import type { Machine } from "./machine.ts";
import { type Parity, TOLERANCE } from "./parity.ts";
import { type BatchRate, bestRate } from "./rates.ts";
import type { TorchAnswer, TorchRate } from "./torch_rates.ts";

/** Share of PyTorch's rate that we want to reach. */
const TARGET = 0.9;

/** All that was measured of one network. */
export interface NetworkCheck {
  /** As `spit-compact@0.3.0`. */
  readonly network: string;
  /** Against the processor. */
  readonly parity: Parity;
  /** Ours. */
  readonly rates: readonly BatchRate[];
  /** PyTorch's; empty when it was not asked or could not answer. */
  readonly torch: readonly TorchRate[];
  /** From files to verdicts; `null` when not asked for. */
  readonly endToEnd: EndToEnd | null;
}

/** What the check is of, before anything is measured. */
export function showMachine(machine: Machine, device: string): string {
  const { versions, cores, processor, date } = machine;
  return [
    `${date}, ${device}: ${
      machine.gpus?.join("; ") ?? "no GPU that nvidia-smi knows"
    }`,
    `${cores} cores (${processor}); Deno ${versions.deno}, onnxruntime ${versions.onnxruntime}`,
  ].join("\n");
}

/** One line on PyTorch. */
export function showTorch(answer: TorchAnswer): string {
  if (answer.fault !== undefined) {
    return `PyTorch was not measured: ${answer.fault}`;
  }
  const { torch, cuda, cudnn, threads } = answer;
  return `PyTorch ${torch}, CUDA ${cuda ?? "none"}, cuDNN ${
    cudnn ?? "none"
  }, ${threads} threads`;
}

/** A network: verdicts, rates, files. */
export function showNetwork(check: NetworkCheck): string {
  const { network, parity, rates, torch, endToEnd } = check;
  const lines = [
    "",
    network,
    `  verdicts: ${
      parity.holds ? "as on the processor" : "NOT as on the processor"
    }: ` +
    `${parity.otherType} of ${parity.flips} flips of another type, ` +
    `probabilities within ${
      parity.worst.toExponential(1)
    } (allowed: ${TOLERANCE})`,
    "  flips/s   batch      ours   PyTorch  (on the device)   ours/PyTorch",
    ...rates.map((rate) => rateLine(rate, torch)),
  ];
  const ratio = ratioOf(check);
  if (ratio !== null) {
    const verdict = ratio >= TARGET ? "reached" : "NOT reached";
    lines.push(
      `  best against best: ${percent(ratio)}; target ${
        percent(TARGET)
      }: ${verdict}`,
    );
  }
  if (endToEnd !== null) lines.push(...endToEndLines(endToEnd));
  return lines.join("\n");
}

/** Our best rate over PyTorch's best of any form; `null` without both. */
export function ratioOf(
  { rates, torch }: Pick<NetworkCheck, "rates" | "torch">,
): number | null {
  const ours = bestRate(rates);
  const theirs = bestRate(
    torch.map(({ batch, host }) => ({ batch, rate: host ?? null })),
  );
  return ours && theirs && ours.rate / theirs.rate;
}

function rateLine(
  { batch, rate, fault }: BatchRate,
  torch: readonly TorchRate[],
): string {
  const forms = torch.filter((form) => form.batch === batch);
  const best = (of: "host" | "device") =>
    bestRate(forms.map((form) => ({ batch, rate: form[of] ?? null })))?.rate ??
      null;
  const host = best("host");
  const ratio = rate !== null && host !== null ? percent(rate / host) : "-";
  return [
    "         ",
    String(batch).padStart(6),
    whole(rate).padStart(9),
    whole(host).padStart(9),
    whole(best("device")).padStart(12),
    ratio.padStart(17),
    fault === undefined ? "" : `  ${fault}`,
  ].join(" ").trimEnd();
}

function endToEndLines(run: EndToEnd): string[] {
  const { files, bytes, workers, wall, inRun, processor, reading } = run;
  return [
    `  end to end: ${files} files, ${(bytes / 1e6).toFixed(0)} MB, ${
      (files / wall).toFixed(1)
    } frames/s with ${workers} workers`,
    `    of ${wall.toFixed(2)} s the network ran ${
      percent(inRun / wall)
    } and waited for flips ${percent(1 - inRun / wall)}; ` +
    `${(processor / wall).toFixed(1)} cores busy; reading alone ${
      reading.toFixed(2)
    } s`,
    `    bottleneck: ${run.bottleneck}`,
  ];
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function whole(rate: number | null): string {
  return rate === null ? "-" : rate.toFixed(rate < 100 ? 1 : 0);
}
