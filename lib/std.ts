/**
 * The functions of Deno's standard library in use, with their types: npm has the
 * library as plain JavaScript, whose imports have the type `any`. To take it from
 * JSR, change the imports of this file.
 *
 * The imports name the package themselves, because the import map of this
 * checkout does not apply to a script elsewhere that imports `mod.ts`.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix
import * as async from "npm:deno-std@1.4.0/async/retry.js";
// deno-lint-ignore no-import-prefix
import * as bytes from "npm:deno-std@1.4.0/bytes/concat.js";
// deno-lint-ignore no-import-prefix
import * as path from "npm:deno-std@1.4.0/path/mod.js";
// deno-lint-ignore no-import-prefix
import * as text from "npm:deno-std@1.4.0/text/levenshtein_distance.js";

// @std/path
export const basename: (path: string, suffix?: string) => string =
  path.basename;
export const dirname: (path: string) => string = path.dirname;
export const isAbsolute: (path: string) => boolean = path.isAbsolute;
export const join: (...paths: string[]) => string = path.join;
export const normalize: (path: string) => string = path.normalize;
export const relative: (from: string, to: string) => string = path.relative;
export const resolve: (...paths: string[]) => string = path.resolve;

// @std/async
export const retry: <T>(fn: () => Promise<T>, options: {
  readonly maxAttempts: number;
  readonly minTimeout: number;
  readonly maxTimeout: number;
  readonly jitter: number;
  readonly isRetriable: (error: unknown) => boolean;
}) => Promise<T> = async.retry;

// @std/bytes
export const concat: (
  parts: readonly Uint8Array[],
) => Uint8Array<ArrayBuffer> = bytes.concat;

// @std/text
export const levenshteinDistance: (one: string, other: string) => number =
  text.levenshteinDistance;
