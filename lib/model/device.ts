/** Values of `--device`. */
export const DEVICES = ["auto", "cpu", "cuda", "webgpu"] as const;

/**
 * Device that a model is to run on. `auto` is `cuda` where that works, else `cpu`. It
 * is never `webgpu`, because a software adapter, slower than the CPU, cannot be told
 * from a GPU there.
 */
export type Device = typeof DEVICES[number];

/** Device that a model runs on. */
export type NamedDevice = Exclude<Device, "auto">;
