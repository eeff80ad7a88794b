/**
 * Waiting for what others in this thread do.
 *
 * @module
 */

/** Who waits, and who tells. */
export interface News {
  /** Something has changed. */
  tell(): void;
  /** Settles when it holds, looking whenever something has changed. */
  until(holds: () => boolean): Promise<void>;
}

/** Starts without any. */
export function startNews(): News {
  let next = Promise.withResolvers<void>();
  return {
    tell() {
      next.resolve();
      next = Promise.withResolvers();
    },
    async until(holds) {
      while (!holds()) await next.promise;
    },
  };
}
