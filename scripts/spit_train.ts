/** Runs the Python package in scripts/train from other scripts. */
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

/** A command of `python -m spit_train`, with the package on the module path. */
export function spitTrain(
  python: string,
  args: readonly string[],
  options: Omit<Deno.CommandOptions, "args" | "env"> = {},
): Deno.Command {
  const folder = fileURLToPath(new URL("train", import.meta.url));
  const path = Deno.env.get("PYTHONPATH");
  return new Deno.Command(python, {
    ...options,
    args: ["-m", "spit_train", ...args],
    env: { PYTHONPATH: path ? `${folder}${delimiter}${path}` : folder },
  });
}
