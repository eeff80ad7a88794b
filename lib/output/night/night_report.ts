import { basename, dirname, join } from "../../std.ts";
import type { ClassifiedFile } from "../../classify/classify_files.ts";
import { SpitError } from "../../errors.ts";
import type { FitsLimits } from "../../fits/open_fits.ts";
import {
  cannotWrite,
  makeFolder,
  type Output,
  writeFileAtomically,
} from "../../io/output.ts";
import {
  listCards,
  renderDetails,
  renderThumbnails,
  type ReportFrame,
} from "./frame.tsx";
import { dataBlock, detailsBlock, renderReportPage } from "./page.tsx";
import { packFrame } from "./pixels.ts";
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
   * Adds the pixels of a frame that was added, which is read once more. Without `full`,
   * they are dropped for all frames once they take more than {@linkcode MOST_PIXEL_BYTES}.
   * A frame that can no longer be read is shown without them.
   *
   * @throws {SpitError} `io` or `usage` if they cannot be written.
   */
  addPixels(file: ClassifiedFile, limits?: FitsLimits): Promise<void>;
  /** Whether the pixels were dropped. */
  readonly isTooLarge: boolean;
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

/** Bytes that the pixels of all frames may take inside a page: 64 MiB. */
const MOST_PIXEL_BYTES = 1 << 26;

interface NightReportOptions {
  /** Whether the pixels are in files beside the page, whatever they take. Default: false. */
  readonly full?: boolean;
  /** Default: {@linkcode MOST_PIXEL_BYTES}. */
  readonly mostPixelBytes?: number;
}

/**
 * Starts a report to which frames are added one by one. The details of a frame, about
 * 50 KB, and its pixels are too large for memory and go to hidden spool files beside the
 * page; its thumbnails and verdict, about 8 KB, stay in memory. With `full`, the pixels go
 * to the folder `NAME.pixels` beside the page `NAME.html`.
 *
 * @param page Path of the page: the only folder in which writing is sure to be allowed.
 * @throws {SpitError} `io` if its folder cannot be written to.
 */
export function startNightReport(
  page: string,
  { full = false, mostPixelBytes = MOST_PIXEL_BYTES }: NightReportOptions = {},
): NightReport {
  using stack = new DisposableStack();
  const details = stack.use(openSpool(page, "frames"));
  const pixels = stack.use(openSpool(page, "pixels"));
  const spools = stack.move();
  const folder = page.replace(/\.html?$/i, "") + ".pixels";
  const run = crypto.randomUUID();
  const frames = new Map<string, ReportFrame>();
  // An instrument stays at its telescope.
  const sites = new Map<string | null, Site>();
  let count = 0;
  let hasFolder = false;
  let isTooLarge = false;
  return {
    get isTooLarge() {
      return isTooLarge;
    },
    add({ verdict, previews }) {
      const id = count++;
      const html = renderDetails(
        verdict,
        previews,
        full
          ? { src: `${encodeURIComponent(basename(folder))}/${id}-`, run }
          : { src: `#p${id}-` },
      );
      details.write(detailsBlock(id, html, listCards(previews)));
      const thumbnails = renderThumbnails(previews);
      const instrument = verdict.log?.instrument ?? null;
      const site = sites.get(instrument) ?? findSite(previews[0]?.cards ?? []);
      if (site !== null && instrument !== null) sites.set(instrument, site);
      frames.set(verdict.file, { id, verdict, thumbnails, site });
    },
    async addPixels({ verdict: { file }, previews }, limits) {
      const frame = frames.get(file);
      if (frame === undefined || previews.length === 0) return;
      const hdus = previews.map(({ hdu }) => hdu);
      if (full && !hasFolder) await makeFolder(folder);
      hasFolder = full;
      const planes = packFrame(file, hdus, limits);
      while (!isTooLarge) {
        const { value: plane } = await planes.next().catch((error) => {
          if (error instanceof SpitError) return { value: undefined };
          throw error;
        });
        if (plane === undefined) return;
        const { hdu, json } = plane;
        if (full) {
          await writeFileAtomically(
            join(folder, `${frame.id}-${hdu}.js`),
            makeScript(run, json),
          );
          continue;
        }
        isTooLarge = pixels.length + json.length > mostPixelBytes;
        if (isTooLarge) pixels.clear();
        else pixels.write(dataBlock(`p${frame.id}-${hdu}`, json));
      }
    },
    async write(output, title, subtitle, refresh) {
      const [before, after] = renderReportPage({
        title,
        subtitle,
        refresh,
        frames: [...frames.values()],
        full,
      });
      await output.write(before);
      for (const spool of [details, pixels]) {
        for (const text of spool.read()) await output.write(text);
      }
      await output.write(after);
    },
    [Symbol.dispose]: () => spools.dispose(),
  };
}

/** A script that gives the pixels of an HDU to `client/viewer.js`. */
function makeScript(run: string, json: string): string {
  return 'dispatchEvent(new CustomEvent("spit-pixels",{detail:' +
    `{run:${JSON.stringify(run)},plane:${json}}}));\n`;
}

/** Bytes of a spool file that are copied at a time. */
const CHUNK = 1 << 20;

/**
 * Opens a hidden file beside a page that text is appended to.
 *
 * @throws {SpitError} `io`, as its `write` does.
 */
function openSpool(page: string, kind: string) {
  const path = join(dirname(page), `.${basename(page)}.${Deno.pid}.${kind}`);
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
  const encoder = new TextEncoder();
  let length = 0;
  return {
    /** Bytes written. */
    get length() {
      return length;
    },
    write(text: string): void {
      const bytes = encoder.encode(text);
      withSpool(() => {
        spool.seekSync(length, Deno.SeekMode.Start);
        for (let written = 0; written < bytes.length;) {
          written += spool.writeSync(bytes.subarray(written));
        }
      });
      length += bytes.length;
    },
    /** Removes what was written. */
    clear(): void {
      withSpool(() => spool.truncateSync(0));
      length = 0;
    },
    /** Returns all that was written, in parts. */
    *read(): Generator<string> {
      spool.seekSync(0, Deno.SeekMode.Start);
      const decoder = new TextDecoder();
      const chunk = new Uint8Array(CHUNK);
      for (let read = spool.readSync(chunk); read !== null;) {
        yield decoder.decode(chunk.subarray(0, read), { stream: true });
        read = spool.readSync(chunk);
      }
      yield decoder.decode();
    },
    [Symbol.dispose](): void {
      spool.close();
      if (isLinked) Deno.removeSync(path);
    },
  };
}
