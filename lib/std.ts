/**
 * The functions of Deno's standard library in use, with their types: npm has the
 * library as plain JavaScript, whose imports have the type `any`. To take it from
 * JSR, change the imports of this file.
 *
 * The imports name the package themselves, because the import map of this
 * checkout does not apply to a script elsewhere that imports `mod.ts`. They name
 * single files: `path/mod.js` would load 60 further ones at every start.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix
import * as async from "npm:deno-std@1.4.0/async/retry.js";
// deno-lint-ignore no-import-prefix
import * as bytes from "npm:deno-std@1.4.0/bytes/concat.js";
// deno-lint-ignore no-import-prefix
import * as basenameModule from "npm:deno-std@1.4.0/path/basename.js";
// deno-lint-ignore no-import-prefix
import * as dirnameModule from "npm:deno-std@1.4.0/path/dirname.js";
// deno-lint-ignore no-import-prefix
import * as isAbsoluteModule from "npm:deno-std@1.4.0/path/is_absolute.js";
// deno-lint-ignore no-import-prefix
import * as joinModule from "npm:deno-std@1.4.0/path/join.js";
// deno-lint-ignore no-import-prefix
import * as relativeModule from "npm:deno-std@1.4.0/path/relative.js";
// deno-lint-ignore no-import-prefix
import * as resolveModule from "npm:deno-std@1.4.0/path/resolve.js";
// deno-lint-ignore no-import-prefix
import * as text from "npm:deno-std@1.4.0/text/levenshtein_distance.js";

// @std/path
export const basename: (path: string, suffix?: string) => string =
  basenameModule.basename;
export const dirname: (path: string) => string = dirnameModule.dirname;
export const isAbsolute: (path: string) => boolean =
  isAbsoluteModule.isAbsolute;
export const join: (...paths: string[]) => string = joinModule.join;
export const relative: (from: string, to: string) => string =
  relativeModule.relative;
export const resolve: (...paths: string[]) => string = resolveModule.resolve;

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
