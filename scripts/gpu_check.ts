/**
 * Checks a machine with an NVIDIA GPU: the verdicts of the processor, flips a
 * second beside PyTorch's, frames a second from files, and what holds them up.
 * It needs no network.
 *
 *     deno run -A scripts/gpu_check.ts --json gpu.json
 *     deno run -A scripts/gpu_check.ts --device cpu --batches 1,4 --frames 6 --night 12   # rehearsal
 *
 * Frames are simulated in the run. CUDA's libraries are also looked for where the
 * local PyTorch has them. Exit codes: 0 the verdicts are the processor's, 1 they
 * are not, 2 CUDA does not work, with the reason.
 */
import { dirname } from "../lib/io/path.ts";
import { SpitError } from "../lib/errors.ts";
import { modelId } from "../lib/model/model_card.ts";
import { openModel } from "../lib/model/open_model.ts";
import { measureEndToEnd, writeNight } from "./gpu/end_to_end.ts";
import { thisMachine } from "./gpu/machine.ts";
import { type CheckOptions, parseOptions } from "./gpu/options.ts";
import { compareOutputs } from "./gpu/parity.ts";
import { batchRates } from "./gpu/rates.ts";
import { type SampleFlips, sampleFlips } from "./gpu/sample_views.ts";
import {
  type NetworkCheck,
  ratioOf,
  showMachine,
  showNetwork,
  showTorch,
} from "./gpu/show.ts";
import {
  lendTorchLibraries,
  type TorchAnswer,
  torchRates,
} from "./gpu/torch_rates.ts";

async function main(): Promise<number> {
  const options = await parseOptions(Deno.args);
  if (options.device === "cuda") {
    await lendTorchLibraries(options.python);
    // Read by NVIDIA's libraries when they start, also in PyTorch.
    if (!options.tf32) Deno.env.set("NVIDIA_TF32_OVERRIDE", "0");
    const reason = await whyNoCuda(options.models[0]);
    if (reason !== null) {
      console.error(reason);
      return 2;
    }
  }
  const machine = await thisMachine();
  console.log(showMachine(machine, options.device));

  const sample = sampleFlips(options.frames);
  const night = options.night > 0 ? await writeNight(options.night) : [];
  const checks: NetworkCheck[] = [];
  try {
    for (const name of options.models) {
      checks.push(await checkNetwork(name, options, sample, night));
    }
  } finally {
    if (night.length > 0) {
      await Deno.remove(dirname(night[0]!), { recursive: true });
    }
  }
  // After ours are released: neither takes the other's memory or time.
  const torch: TorchAnswer = options.torch
    ? await torchRates(options)
    : { fault: "it was not asked for" };
  console.log(showTorch(torch));
  const networks = checks.map((check, k) => ({
    ...check,
    torch: "networks" in torch ? torch.networks[options.models[k]!] ?? [] : [],
  }));
  for (const check of networks) console.log(showNetwork(check));
  if (options.json !== undefined) {
    const ratios = networks.map(ratioOf);
    const whole = { machine, options, torch, networks, ratios };
    await Deno.writeTextFile(
      options.json,
      JSON.stringify(whole, null, 2) + "\n",
    );
  }
  return networks.every(({ parity }) => parity.holds) ? 0 : 1;
}

/** One line; `null` where a network opens and runs. */
async function whyNoCuda(name?: string): Promise<string | null> {
  try {
    await using _ = await openModel(name, "cuda");
    return null;
  } catch (error) {
    if (error instanceof SpitError) return error.message;
    throw error;
  }
}

async function checkNetwork(
  name: string,
  { device, batches, seconds, workers }: CheckOptions,
  sample: SampleFlips,
  night: readonly string[],
): Promise<Omit<NetworkCheck, "torch"> & { torch: [] }> {
  await using model = await openModel(name, device);
  const network = modelId(model.card);
  const progress = (doing: string) => console.error(`${network}: ${doing}`);

  progress(`${sample.count} flips, as on the processor?`);
  const parity = await compareWithCpu(name, model, sample);
  progress("flips a second");
  const rates = await batchRates(model, sample, batches, seconds);
  progress(`${night.length} files`);
  const endToEnd = night.length > 0
    ? await measureEndToEnd(model, night, workers)
    : null;
  return { network, parity, rates, torch: [], endToEnd };
}

async function compareWithCpu(
  name: string,
  model: Awaited<ReturnType<typeof openModel>>,
  sample: SampleFlips,
) {
  await using reference = await openModel(name, "cpu");
  return await compareOutputs(model, reference, sample);
}

if (import.meta.main) Deno.exit(await main());
