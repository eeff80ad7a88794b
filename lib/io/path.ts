/**
 * The functions of `@std/path` in use, with their types: the package comes from
 * npm as plain JavaScript, whose imports have the type `any`.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- scripts outside this checkout do not use its import map
import * as path from "npm:deno-std@1.4.0/path/mod.js";

export const basename: (path: string, suffix?: string) => string =
  path.basename;
export const dirname: (path: string) => string = path.dirname;
export const isAbsolute: (path: string) => boolean = path.isAbsolute;
export const join: (...paths: string[]) => string = path.join;
export const normalize: (path: string) => string = path.normalize;
export const relative: (from: string, to: string) => string = path.relative;
export const resolve: (...paths: string[]) => string = path.resolve;
