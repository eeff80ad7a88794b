/** Frames for a rehearsal: most are valid, some are broken, and some appear or disappear. */
import { encodeFits } from "../../lib/fits/write_fits.ts";
import type { Random } from "../../lib/simulate/random.ts";

export type FrameKind =
  | "valid"
  | "broken"
  | "late" // published before it exists
  | "removed" // removed after it was published
  | "missing" // never exists
  | "deadly"; // ends the process that opens it

/** By path. */
export type Frames = ReadonlyMap<string, FrameKind>;

/** Fractions of the kinds; all other frames are valid. */
const FRACTIONS = { broken: 0.08, late: 0.03, removed: 0.03, missing: 0.02 };

/**
 * Creates frames in a folder, as links to one valid and one broken file: a queue
 * distinguishes frames by name only. The last frame is deadly.
 */
export async function createFrames(
  folder: string,
  count: number,
  random: Random,
): Promise<Frames> {
  await Deno.mkdir(folder);
  const [width, height] = [70, 60];
  const pixels = new Uint16Array(width * height).fill(1000);
  const valid = encodeFits([{ cards: [], plane: { width, height, pixels } }]);
  await Deno.writeFile(`${folder}/valid`, valid);
  await Deno.writeFile(`${folder}/broken`, valid.subarray(0, 4000));
  const frames = new Map<string, FrameKind>();
  for (let k = 0; k < count - 1; k++) {
    const path = `${folder}/r${String(k).padStart(6, "0")}.fits`;
    const kind = pickKind(random);
    frames.set(path, kind);
    if (kind === "valid" || kind === "removed") await linkValidFrame(path);
    if (kind === "broken") await Deno.link(`${folder}/broken`, path);
  }
  const deadly = `${folder}/deadly.fits`;
  frames.set(deadly, "deadly");
  await linkValidFrame(deadly);
  return frames;
}

/** Creates a valid frame, as a link to `valid` in its folder. */
export async function linkValidFrame(path: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  await Deno.link(`${folder}/valid`, path);
}

export function selectFrames(frames: Frames, kind: FrameKind): string[] {
  return [...frames].filter(([, one]) => one === kind).map(([path]) => path);
}

function pickKind(random: Random): FrameKind {
  let rest = random.uniform();
  for (const [kind, fraction] of Object.entries(FRACTIONS)) {
    rest -= fraction;
    if (rest < 0) return kind as FrameKind;
  }
  return "valid";
}
