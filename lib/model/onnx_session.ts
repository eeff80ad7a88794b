/**
 * Sessions of onnxruntime. The only file that imports onnxruntime-node.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- scripts outside this checkout have no import map of ours
import type { InferenceSession, Tensor } from "npm:onnxruntime-node@1.30.0";
import { SpitError } from "../errors.ts";
import {
  CUDA_REQUIREMENTS,
  findCudaLoadError,
  loadCudaRuntime,
  loadNvidiaLibraries,
} from "./cuda.ts";
import type { NamedDevice } from "./device.ts";

export interface TensorSignature {
  readonly name: string;
  /** Element type, as `uint8` or `float32`. */
  readonly type: string;
  /** Length of each axis; a name for an axis of any length. */
  readonly shape: readonly (number | string)[];
}

/** Values of an input, row-major: bytes for a `uint8` tensor, floats for a `float32` one. */
export interface TensorValues {
  readonly values: Uint8Array | Float32Array;
  readonly shape: readonly number[];
}

export interface OnnxSession {
  readonly device: NamedDevice;
  readonly inputs: readonly TensorSignature[];
  readonly outputs: readonly TensorSignature[];
  /**
   * Runs one forward pass. It blocks the thread: onnxruntime-node's `run` is a
   * synchronous native call.
   *
   * @param inputs Values by name, for all inputs.
   * @param outputs Names of `float32` outputs.
   * @returns Values of the outputs, in the order of `outputs`.
   * @throws {SpitError} `inference`.
   */
  run(
    inputs: Readonly<Record<string, TensorValues>>,
    outputs: readonly string[],
  ): Promise<Float32Array[]>;
  /** Frees native memory, which would otherwise outlive even the Worker. Further calls do nothing. */
  release(): Promise<void>;
}

/**
 * Opens a session.
 *
 * @param threads Threads of one forward pass.
 * @throws {SpitError} `no_device`, with what to install; `inference` when
 *   onnxruntime cannot read the network.
 */
export async function openSession(
  onnx: Uint8Array,
  device: NamedDevice,
  threads: number,
): Promise<OnnxSession> {
  const ort = await loadRuntime(device);
  // Failures to load a provider go to the log of the environment, not of the session.
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
      // Spinning threads take the cores from the threads that read the next frames:
      // measured, 13 ms of a core per frame against 2 ms.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
      graphOptimizationLevel: "all",
      logSeverityLevel: 4,
    });
  } catch (cause) {
    if (device !== "cpu") throw makeDeviceError(device, cause);
    const what = `onnxruntime cannot open the network: ${describeError(cause)}`;
    throw new SpitError("inference", what, { cause });
  }

  let released: Promise<void> | undefined;
  return {
    device,
    inputs: session.inputMetadata.map(readSignature),
    outputs: session.outputMetadata.map(readSignature),
    async run(inputs, outputs) {
      try {
        const feeds: Record<string, Tensor> = {};
        for (const [name, { values, shape }] of Object.entries(inputs)) {
          feeds[name] = values instanceof Float32Array
            ? new ort.Tensor("float32", values, shape)
            : new ort.Tensor("uint8", values, shape);
        }
        const results = await session.run(feeds, outputs);
        return outputs.map((name) => results[name]!.data as Float32Array);
      } catch (cause) {
        const what = `onnxruntime failed on ${device}: ${describeError(cause)}`;
        throw new SpitError("inference", what, { cause });
      }
    },
    release: () => released ??= session.release(),
  };
}

/** Makes the error for a GPU that does not work: onnxruntime's reason, and what to install. */
export function makeDeviceError(
  device: Exclude<NamedDevice, "cpu">,
  cause: unknown,
): SpitError {
  const loadError = device === "cuda" ? findCudaLoadError() : undefined;
  const reason = describeError(loadError ?? cause);
  return new SpitError(
    "no_device",
    `the device ${device} does not work here: ${reason}; ` +
      `it needs ${REQUIREMENTS[device]}; or use --device auto`,
    { cause },
  );
}

const REQUIREMENTS: Record<Exclude<NamedDevice, "cpu">, string> = {
  cuda: CUDA_REQUIREMENTS,
  webgpu: "a GPU with its driver" +
    (Deno.build.os === "linux"
      ? " and the Vulkan loader (Debian: libvulkan1 and mesa-vulkan-drivers or the NVIDIA driver)"
      : ""),
};

async function loadRuntime(device: NamedDevice) {
  disableTelemetry();
  try {
    // The core library of the wheel has CUDA, but no WebGPU.
    if (device !== "webgpu") loadCudaRuntime();
    // Imported lazily: the native library is 46 MB, and `--help` does not need it.
    // deno-lint-ignore no-import-prefix -- as above
    return await import("npm:onnxruntime-node@1.30.0");
  } catch (cause) {
    throw new SpitError(
      "no_device",
      `cannot load onnxruntime-node: ${describeError(cause)}; ` +
        "it has builds for Linux (x64, arm64), Windows (x64, arm64) and macOS (arm64), and needs --allow-ffi",
      { cause },
    );
  }
}

/**
 * Disables the telemetry of onnxruntime. From 1.30 on it reports its use to its
 * vendor, under a persistent identifier of the machine, unless this variable is set
 * before it is loaded. Without the permission to set it nothing is loaded.
 */
function disableTelemetry(): void {
  const variable = "ORT_DISABLE_TELEMETRY";
  try {
    Deno.env.set(variable, "1");
  } catch (cause) {
    throw new SpitError(
      "no_device",
      `cannot disable the telemetry of onnxruntime, so it is not loaded: run with --allow-env=${variable}`,
      { cause },
    );
  }
}

/** Dawn, which implements WebGPU, prints to standard error when Vulkan is missing. */
function requireVulkan(): void {
  if (Deno.build.os !== "linux") return;
  try {
    Deno.dlopen("libvulkan.so.1", {}).close();
  } catch (cause) {
    throw makeDeviceError("webgpu", cause);
  }
}

function readSignature(
  { name, isTensor, ...rest }: InferenceSession.ValueMetadata,
): TensorSignature {
  return isTensor && "shape" in rest
    ? { name, type: rest.type, shape: rest.shape }
    : { name, type: "not a tensor", shape: [] };
}

/** Returns the message without the C++ source locations that onnxruntime puts around it. */
function describeError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const cuda = /(CUDA|CUDNN|CUBLAS) failure \d+: [^;]*/.exec(text);
  if (cuda) return cuda[0].trim();
  return text
    .replace(/^\S*\.(cc|h):\d+.*? was false\. /s, "")
    .replace(/^(Could not open library: )+/, "")
    .trim();
}
