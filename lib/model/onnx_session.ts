/**
 * The only file that knows onnxruntime-node.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- scripts outside this checkout have no import map of ours
import type { InferenceSession } from "npm:onnxruntime-node@1.30.0";
import { SpitError } from "../errors.ts";
import { missingCudaParts, sayMissing } from "./cuda_parts.ts";
import { loadNvidiaLibraries, useOwnRuntime } from "./cuda.ts";
import type { NamedDevice } from "./device.ts";

/** A tensor's name, type and shape, as the network itself states them. */
export interface TensorSignature {
  /** Name in the graph. */
  readonly name: string;
  /** As `uint8`, `float32`. */
  readonly type: string;
  /** A number for a fixed axis, a name for a free one. */
  readonly shape: readonly (number | string)[];
}

/** Values for an input: bytes for a `uint8` tensor, floats for a `float32` one. */
export interface TensorValues {
  /** Row-major. */
  readonly values: Uint8Array | Float32Array;
  /** Length of each axis. */
  readonly shape: readonly number[];
}

/** A network ready to run on one device. */
export interface OnnxSession {
  /** Where it runs. */
  readonly device: NamedDevice;
  /** What it takes. */
  readonly inputs: readonly TensorSignature[];
  /** What it gives. */
  readonly outputs: readonly TensorSignature[];
  /**
   * One forward pass. It holds the thread while it runs: onnxruntime-node's
   * `run` is a synchronous native call.
   *
   * @param inputs Values by the name of the input; all that the network takes.
   * @param outputs Names of `float32` outputs.
   * @returns Their values, in the order of the names.
   * @throws {SpitError} `inference`.
   */
  run(
    inputs: Readonly<Record<string, TensorValues>>,
    outputs: readonly string[],
  ): Promise<Float32Array[]>;
  /** Frees native memory; without it a session outlives even its Worker. Twice is once. */
  release(): Promise<void>;
}

/**
 * Opens a session.
 *
 * @param onnx The network, as read from its file.
 * @param device Where it is to run.
 * @param threads Threads of one forward pass.
 * @throws {SpitError} `no_device` with what to install; `inference` when the
 *   network is no ONNX that the runtime can read.
 */
export async function openSession(
  onnx: Uint8Array,
  device: NamedDevice,
  threads: number,
): Promise<OnnxSession> {
  const ort = await loadRuntime(device);
  // The provider bridge reports to the environment's log, not to the session's.
  ort.env.logLevel = "fatal";
  if (device === "webgpu") requireVulkan();
  if (device === "cuda") loadNvidiaLibraries();

  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(onnx, {
      executionProviders: [device],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // Threads that wait for work in a loop would take the cores from those who
      // read the next frames: 13 ms of a core a frame, measured, against 2.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
    });
  } catch (cause) {
    if (device !== "cpu") throw noDevice(device, cause);
    throw new SpitError(
      "inference",
      `onnxruntime cannot open the network: ${messageOf(cause)}`,
      { cause },
    );
  }

  let released: Promise<void> | undefined;
  return {
    device,
    inputs: session.inputMetadata.map(faceOf),
    outputs: session.outputMetadata.map(faceOf),
    async run(inputs, outputs) {
      try {
        const feeds = Object.entries(inputs).map(([name, { values, shape }]) =>
          [
            name,
            values instanceof Float32Array
              ? new ort.Tensor("float32", values, shape)
              : new ort.Tensor("uint8", values, shape),
          ] as const
        );
        const results = await session.run(Object.fromEntries(feeds), outputs);
        return outputs.map((name) => results[name]!.data as Float32Array);
      } catch (cause) {
        // A session opens without cuDNN; it is the first convolution that fails.
        const missing = device === "cuda" && sayMissing(missingCudaParts());
        throw new SpitError(
          "inference",
          `onnxruntime failed on ${device}: ${messageOf(cause)}` +
            (missing ? `; ${missing}` : ""),
          { cause },
        );
      }
    },
    release: () => released ??= session.release(),
  };
}

async function loadRuntime(device: NamedDevice) {
  refuseTelemetry();
  try {
    // The onnxruntime of a wheel has CUDA and no WebGPU.
    if (device !== "webgpu") useOwnRuntime();
    // Lazily: the native library is 46 MB, and `--help` does not need it.
    // deno-lint-ignore no-import-prefix -- as above
    return await import("npm:onnxruntime-node@1.30.0");
  } catch (cause) {
    throw new SpitError(
      "no_device",
      `onnxruntime-node does not load: ${messageOf(cause)}; ` +
        "it has builds for Linux (x64, arm64), Windows (x64, arm64) and macOS (arm64), and needs --allow-ffi",
      { cause },
    );
  }
}

/**
 * From 1.30 on the runtime reports its use to its maker, under a lasting
 * identifier of the machine, unless this variable is set before it loads. What
 * an observatory runs, and when, is nobody's business: without the permission
 * to set it nothing is loaded.
 */
function refuseTelemetry(): void {
  const variable = "ORT_DISABLE_TELEMETRY";
  try {
    Deno.env.set(variable, "1");
  } catch (cause) {
    throw new SpitError(
      "no_device",
      `onnxruntime would report its use to its maker; allow ${variable} to be set, which stops it: --allow-env=${variable}`,
      { cause },
    );
  }
}

/** Dawn writes to standard error by itself when Vulkan is missing: ask first. */
function requireVulkan(): void {
  if (Deno.build.os !== "linux") return;
  try {
    Deno.dlopen("libvulkan.so.1", {}).close();
  } catch (cause) {
    throw noDevice("webgpu", cause);
  }
}

/** Says what is missing where that is known, else what the runtime says. */
function noDevice(
  device: Exclude<NamedDevice, "cpu">,
  cause: unknown,
): SpitError {
  const missing = device === "cuda" ? sayMissing(missingCudaParts()) : "";
  return new SpitError(
    "no_device",
    `the device ${device} does not work here: ` +
      (missing || `${messageOf(cause)}; it needs ${GPU[device]}`) +
      "; or use --device auto",
    { cause },
  );
}

const GPU: Record<Exclude<NamedDevice, "cpu">, string> = {
  cuda: "an NVIDIA GPU, and a driver as new as the CUDA that is installed",
  webgpu: "a GPU with its driver" +
    (Deno.build.os === "linux"
      ? " and the Vulkan loader (Debian: libvulkan1 and mesa-vulkan-drivers or the NVIDIA driver)"
      : ""),
};

function faceOf(
  { name, isTensor, ...rest }: InferenceSession.ValueMetadata,
): TensorSignature {
  return isTensor && "shape" in rest
    ? { name, type: rest.type, shape: rest.shape }
    : { name, type: "not a tensor", shape: [] };
}

/** What a user can read of it: native errors open, and CUDA's close, with C++ places. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const cuda = /(CUDA|CUDNN|CUBLAS) failure \d+: [^;]*/.exec(text);
  if (cuda) return cuda[0].trim();
  return text
    .replace(/^\S*\.(cc|h):\d+.*? was false\. /s, "")
    .replace(/^(Could not open library: )+/, "")
    .trim();
}
