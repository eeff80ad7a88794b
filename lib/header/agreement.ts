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
 * It is `silent` when
 * - the header claims nothing;
 * - the pixels give `unknown`;
 * - the network has no such type (`spit-paper` has no `dark`).
 *
 * Otherwise it is `conflict` where the types differ, and where the header
 * contradicts itself: one of its cards is wrong, whatever the pixels say.
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
  if (type === "unknown") return "silent";
  if (claim.type === null) return claim.evidence === "" ? "silent" : "conflict";
  if (!classes.includes(claim.type)) return "silent";
  if (claim.type === type) return "agree";
  return claim.type === "science" && type === "standard" ? "agree" : "conflict";
}
