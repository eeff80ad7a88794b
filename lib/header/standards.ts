/** A star of the catalogue of standards that a header names or points at. */
export interface StandardMatch {
  /** Name of the star in the catalogue. */
  readonly name: string;
  /** What matched. */
  readonly matched: readonly ("position" | "name")[];
  /** Arcseconds between pointing and star; `null` without a pointing. */
  readonly separation: number | null;
}
