/**
 * A server that does not answer for a while.
 *
 * @module
 */

/** Knows whether the server answers. */
export interface Silence {
  /** It has not answered: told once, until it does. */
  begin(error: unknown): void;
  /** It has. */
  end(): void;
}

/** Starts with a server that answers. */
export function startSilence(notice: (message: string) => void): Silence {
  let isSilent = false;
  return {
    begin(error) {
      if (isSilent) return;
      isSilent = true;
      const why = error instanceof Error ? error.message : String(error);
      notice(
        `the queue does not answer (${why}); trying again. What it does not ` +
          "hear of comes a second time, and is one row after merging",
      );
    },
    end() {
      if (isSilent) notice("the queue answers again");
      isSilent = false;
    },
  };
}
