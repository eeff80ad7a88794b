import type { FrameType } from "../frame_type.ts";
import type { HeaderClaim } from "../header/claim.ts";
import type { PlaneDamage } from "../preprocess/damage.ts";
import type { HduInputs } from "./inputs.ts";

/** Rows or columns of an image HDU that hold no data. */
export interface ConstantDamage {
  /** What is wrong. */
  readonly flag: "constant-rows" | "constant-columns";
  /** First line of the longest run, counted from 1 as in FITS. */
  readonly first: number;
  /** Last line of the longest run. */
  readonly last: number;
  /** Number of constant lines in all runs. */
  readonly count: number;
  /** Number of lines of the image. */
  readonly of: number;
  /** The columns in which the rows are constant; `null` for all. */
  readonly within: readonly [first: number, last: number] | null;
}

/** Saturation of an image HDU. */
export interface SaturationDamage {
  /** What is wrong. */
  readonly flag: "saturated";
  /** The value of saturated pixels, or SATURATE of the header, in counts. */
  readonly level: number;
  /** Share of the lit pixels that are saturated, 0 to 1. */
  readonly share: number;
}

/** An image HDU whose pixels are all equal, or of which none is finite. */
export interface EmptyDamage {
  /** What is wrong. */
  readonly flag: "empty";
}

/** What is wrong with the pixels of an image HDU. */
export type Damage =
  & (ConstantDamage | SaturationDamage | EmptyDamage)
  & {
    /** Index in the file; 0 is the primary HDU. */
    readonly hdu: number;
    /** EXTNAME, or `null`. */
    readonly name: string | null;
  };

/** Share of the lit pixels from which saturation spoils a flat. */
const SATURATED_FLAT = 0.05;

/**
 * Mean share of all pixels of the HDUs from which it spoils an arc. In sound arcs the
 * brightest lines are saturated, up to 1.2 % of the pixels, and more in one amplifier of
 * many.
 */
const SATURATED_ARC = 0.02;

/** Types whose frames saturation spoils: a star of a science frame may be saturated. */
const SPOILT_BY_SATURATION: ReadonlySet<string> = new Set(["flat", "arc"]);

/** Returns whether a flag of a frame remains when a person gives it a type. */
export function holdsForType(flag: string, type: FrameType): boolean {
  return flag !== "saturated" || SPOILT_BY_SATURATION.has(type);
}

/** Answers for pixels that show no light, or none that is known. */
const WITHOUT_LIGHT: ReadonlySet<FrameType | "unknown"> = new Set([
  "unknown",
  "bias",
  "dark",
]);

/**
 * Lists the damage of the image HDUs of a frame.
 *
 * Only flats and arcs are spoilt by saturation. An HDU that is empty while others are not
 * differs from these, and is not listed here.
 *
 * @param answer The type of the frame.
 * @param claim The type that its header claims. It counts if the pixels show no light, as
 *   those of a frame that is saturated everywhere.
 */
export function listDamage(
  hdus: readonly Pick<HduInputs, "hdu" | "name" | "damage">[],
  answer: FrameType | "unknown",
  claim: HeaderClaim["type"],
): Damage[] {
  const type = WITHOUT_LIGHT.has(answer) ? claim : answer;
  const areEmpty = hdus.every(({ damage }) => damage.empty);
  const areas = hdus.map(({ damage }) => damage.saturation?.area ?? 0);
  const area = areas.reduce((total, one) => total + one, 0) / hdus.length;
  return hdus.flatMap(({ hdu, name, damage }) => {
    const { rows, columns, saturation } = damage;
    const isSpoilt = saturation !== null &&
      (type === "flat"
        ? saturation.share >= SATURATED_FLAT
        : type === "arc" && area >= SATURATED_ARC);
    const found: (ConstantDamage | SaturationDamage | EmptyDamage)[] = [
      ...(areEmpty ? [{ flag: "empty" } as const] : []),
      ...(rows ? [{ flag: "constant-rows", ...rows } as const] : []),
      ...(columns ? [{ flag: "constant-columns", ...columns } as const] : []),
      ...(isSpoilt
        ? [{ flag: "saturated", ...round(saturation) } as const]
        : []),
    ];
    return found.map((one) => ({ hdu, name, ...one }));
  });
}

/** Rounds to what a sample can tell. */
function round(
  { level, share }: NonNullable<PlaneDamage["saturation"]>,
): Pick<SaturationDamage, "level" | "share"> {
  return {
    level: Number(level.toPrecision(6)),
    share: Number(share.toFixed(3)),
  };
}
