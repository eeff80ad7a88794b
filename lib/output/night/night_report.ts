/**
 * The page of a night as it is made: frames come one by one, with input images that
 * are too many to keep.
 *
 * @module
 */
import { basename, dirname, join } from "../../io/path.ts";
import type { TypedFile } from "../../classify/classify_inputs_of_files.ts";
import type { Label } from "../../evaluation/labels_file.ts";
import type { Output } from "../../io/output.ts";
import { rounded } from "../rounded.ts";
import { detailsBlock, nightPage } from "./page.tsx";
import { detailsOf, type SheetFrame, thumbnailsOf } from "./sheet_frame.ts";

/** A page in the making. */
export interface NightReport extends Disposable {
  /** Takes a frame; a second one of the same path stands for the first. */
  add(file: TypedFile, label: Label | null): void;
  /** Writes the page of all frames so far. May be called again. */
  write(output: Output, title: string, subtitle: string): Promise<void>;
}

/** Bytes of the spool that are copied at a time. */
const CHUNK = 1 << 20;

/**
 * Starts a page. What a frame shows when it is opened goes to a hidden file beside
 * the page, some 50 KB a frame; its thumbnail and its verdict, 8 KB, stay in memory.
 *
 * @param page Where it will be written: only there is writing sure to be allowed.
 */
export function startNightReport(page: string): NightReport {
  const path = join(dirname(page), `.${basename(page)}.${Deno.pid}.frames`);
  const spool = Deno.openSync(path, {
    read: true,
    write: true,
    createNew: true,
  });
  // A file without a name goes with its process, however that ends.
  const isNamed = Deno.build.os === "windows";
  if (!isNamed) Deno.removeSync(path);
  const frames = new Map<string, SheetFrame>();
  let length = 0;
  let count = 0;
  return {
    add({ verdict, shown }, label) {
      const id = count++;
      const said = rounded(verdict);
      const block = new TextEncoder().encode(
        detailsBlock(id, { verdict: said, label, ...detailsOf(shown) }),
      );
      spool.seekSync(length, Deno.SeekMode.Start);
      for (let at = 0; at < block.length;) {
        at += spool.writeSync(block.subarray(at));
      }
      length += block.length;
      const thumbnails = thumbnailsOf(shown);
      frames.set(verdict.file, { id, verdict: said, label, thumbnails });
    },
    async write(output, title, subtitle) {
      const [before, after] = nightPage({
        title,
        subtitle,
        frames: [...frames.values()],
      });
      await output.write(before);
      spool.seekSync(0, Deno.SeekMode.Start);
      const decoder = new TextDecoder();
      const chunk = new Uint8Array(CHUNK);
      for (let read = spool.readSync(chunk); read !== null;) {
        await output.write(
          decoder.decode(chunk.subarray(0, read), { stream: true }),
        );
        read = spool.readSync(chunk);
      }
      await output.write(decoder.decode() + after);
    },
    [Symbol.dispose]() {
      spool.close();
      if (isNamed) Deno.removeSync(path);
    },
  };
}
