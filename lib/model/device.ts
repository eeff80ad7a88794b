/**
 * Where a network runs.
 *
 * @module
 */

/** What `--device` takes. */
export const DEVICES = ["auto", "cpu", "cuda", "webgpu"] as const;

/**
 * Where a network is to run. `auto` is the best that is sure to work: `cuda`
 * where its libraries are in place, else `cpu`. It never takes `webgpu`:
 * a software adapter passes for a GPU there and is slower than the CPU.
 */
export type Device = typeof DEVICES[number];

/** A device that a session can be opened on. */
export type NamedDevice = Exclude<Device, "auto">;

/** Whether a string names a device. */
export function isDevice(name: string): name is Device {
  return (DEVICES as readonly string[]).includes(name);
}
