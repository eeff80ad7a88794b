/**
 * Header against pixels.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { HeaderClaim } from "./claim.ts";

/** Whether header and pixels say the same. */
export type Agreement = "agree" | "conflict" | "silent";

/**
 * Whether header and pixels say the same.
 *
 * `conflict` only where both name a type that the network knows, and the types
 * differ. So it is `silent` when
 * - the header claims nothing, or contradicts itself;
 * - the pixels give `unknown`;
 * - the network has no such type (`spit-paper` has no `dark`).
 *
 * A header that says `science` where the pixels say `standard` agrees: most
 * headers write `OBJECT` for both. The other way round is a conflict.
 *
 * @param type What the pixels say.
 * @param claim What the header claims.
 * @param classes The types that the network knows.
 */
export function agreementOf(
  type: FrameType | "unknown",
  claim: HeaderClaim,
  classes: readonly FrameType[],
): Agreement {
  if (claim.type === null || type === "unknown") return "silent";
  if (!classes.includes(claim.type)) return "silent";
  if (claim.type === type) return "agree";
  return claim.type === "science" && type === "standard" ? "agree" : "conflict";
}
