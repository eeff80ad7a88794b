import { basename, dirname, join } from "../../std.ts";
import type { ClassifiedFile } from "../../classify/classify_files.ts";
import { cannotWrite, type Output } from "../../io/output.ts";
import {
  listCards,
  renderDetails,
  renderThumbnails,
  type ReportFrame,
} from "./frame.tsx";
import { detailsBlock, renderReportPage } from "./page.tsx";
import { findSite, type Site } from "./site.ts";

/** A report; declare it with `using`. */
export interface NightReport extends Disposable {
  /**
   * Adds a frame, with the label of a person applied to its verdict. It replaces an
   * earlier frame of the same path.
   *
   * @throws {SpitError} `io` if the disk is full; the frames before are kept.
   */
  add(file: ClassifiedFile): void;
  /**
   * Writes the page with all frames added so far. It can be called again.
   *
   * @param title Name of the page, such as the paths of the frames; it stands above a
   *   heading with the instrument and the night.
   * @param subtitle Which model classified the frames, and when.
   * @param refresh Seconds after which the page loads itself again while nothing is open in
   *   it. Default: never.
   */
  write(
    output: Output,
    title: string,
    subtitle: string,
    refresh?: number,
  ): Promise<void>;
}

/** Bytes of the spool file that are copied at a time. */
const CHUNK = 1 << 20;

/**
 * Starts a report to which frames are added one by one. The details of a frame, about
 * 50 KB, are too large for memory and go to a hidden spool file beside the page; its
 * thumbnails and verdict, about 8 KB, stay in memory.
 *
 * @param page Path of the page: the only folder in which writing is sure to be allowed.
 * @throws {SpitError} `io` if its folder cannot be written to.
 */
export function startNightReport(page: string): NightReport {
  const path = join(dirname(page), `.${basename(page)}.${Deno.pid}.frames`);
  const withSpool = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw cannotWrite("io", page, error);
    }
  };
  const spool = withSpool(
    () => Deno.openSync(path, { read: true, write: true, createNew: true }),
  );
  // An unlinked file disappears with its process, however the process ends.
  const isLinked = Deno.build.os === "windows";
  if (!isLinked) Deno.removeSync(path);
  const frames = new Map<string, ReportFrame>();
  // An instrument stays at its telescope.
  const sites = new Map<string | null, Site>();
  const encoder = new TextEncoder();
  let length = 0;
  let count = 0;
  return {
    add({ verdict, previews }) {
      const id = count++;
      const html = renderDetails(verdict, previews);
      const block = encoder.encode(detailsBlock(id, html, listCards(previews)));
      withSpool(() => {
        spool.seekSync(length, Deno.SeekMode.Start);
        for (let written = 0; written < block.length;) {
          written += spool.writeSync(block.subarray(written));
        }
      });
      length += block.length;
      const thumbnails = renderThumbnails(previews);
      const instrument = verdict.log?.instrument ?? null;
      const site = sites.get(instrument) ?? findSite(previews[0]?.cards ?? []);
      if (site !== null && instrument !== null) sites.set(instrument, site);
      frames.set(verdict.file, { id, verdict, thumbnails, site });
    },
    async write(output, title, subtitle, refresh) {
      const [before, after] = renderReportPage({
        title,
        subtitle,
        refresh,
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
      if (isLinked) Deno.removeSync(path);
    },
  };
}
