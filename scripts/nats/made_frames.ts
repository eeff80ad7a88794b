/**
 * Frames for a rehearsal: most are sound, some are not, and some come and go.
 */
import { encodeFits } from "../../lib/fits/write_fits.ts";
import type { Random } from "../../lib/simulate/random.ts";

/** What is up with a frame. */
export type Kind =
  | "sound"
  | "broken"
  | "late" // posted before it is there
  | "going" // there when it is posted, gone some time later
  | "never" // not there at all
  | "deadly"; // ends whoever opens it

/** Frames by path. */
export type Frames = ReadonlyMap<string, Kind>;

/** Shares of the kinds; the rest is sound. */
const SHARES = { broken: 0.08, late: 0.03, going: 0.03, never: 0.02 };

/**
 * Makes frames in a folder: links to one sound file and a broken one, as a queue
 * looks at nothing but their names.
 */
export async function makeFrames(
  folder: string,
  count: number,
  random: Random,
): Promise<Frames> {
  await Deno.mkdir(folder);
  const [width, height] = [70, 60];
  const pixels = new Uint16Array(width * height).fill(1000);
  const sound = encodeFits([{ cards: [], plane: { width, height, pixels } }]);
  await Deno.writeFile(`${folder}/sound`, sound);
  await Deno.writeFile(`${folder}/broken`, sound.subarray(0, 4000));
  const frames = new Map<string, Kind>();
  for (let k = 0; k < count - 1; k++) {
    const path = `${folder}/r${String(k).padStart(6, "0")}.fits`;
    const kind = anyKind(random);
    frames.set(path, kind);
    if (kind === "sound" || kind === "going") await appear(path);
    if (kind === "broken") await Deno.link(`${folder}/broken`, path);
  }
  const deadly = `${folder}/deadly.fits`;
  frames.set(deadly, "deadly");
  await appear(deadly);
  return frames;
}

/** A sound frame of this name. */
export async function appear(path: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  await Deno.link(`${folder}/sound`, path);
}

/** Those of some kind. */
export function framesOf(frames: Frames, kind: Kind): string[] {
  return [...frames].filter(([, one]) => one === kind).map(([path]) => path);
}

function anyKind(random: Random): Kind {
  let left = random.uniform();
  for (const [kind, share] of Object.entries(SHARES)) {
    left -= share;
    if (left < 0) return kind as Kind;
  }
  return "sound";
}
