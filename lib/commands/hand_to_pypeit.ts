/**
 * `classify --format pypeit`: files for PypeIt, not a report.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import {
  checkOrder,
  type Labelled,
  type PypeitOrder,
  writePypeit,
} from "../output/pypeit/write_pypeit.ts";
import type { ClassifyCommandOptions } from "./classify.ts";

/** What PypeIt's files need to be told, but for who makes them. */
export type Order = Omit<PypeitOrder, "maker" | "date">;

/**
 * What options ask for PypeIt's files; `null` when they ask for another form.
 *
 * @param notice Told what is odd.
 * @throws {SpitError} `usage` when an option is missing, or says nothing in this
 *   form; when files would be replaced.
 */
export async function pypeitOrder(
  options: ClassifyCommandOptions,
  notice: (message: string) => void,
): Promise<Order | null> {
  const { format, output, spectrograph, overwrite, group } = options;
  if (format !== "pypeit") {
    const lone = spectrograph !== undefined
      ? "--spectrograph"
      : overwrite
      ? "--overwrite"
      : null;
    if (lone === null) return null;
    throw usage(`${lone} is for --format pypeit alone`);
  }
  if (output === undefined || spectrograph === undefined) {
    throw usage(
      "for PypeIt give --spectrograph, as shane_kast_blue, and with -o a folder for its files",
    );
  }
  if (group !== undefined) {
    throw usage(
      "PypeIt's files are by configuration already: leave out --group",
    );
  }
  const order = { spectrograph, folder: output, overwrite };
  await checkOrder(order, notice);
  return order;
}

/** Writes the files and says what became of the frames. */
export async function handToPypeit(
  labelled: readonly Labelled[],
  order: Order,
  { maker, notice }: {
    readonly maker: string;
    readonly notice: (message: string) => void;
  },
): Promise<void> {
  const date = new Date().toISOString();
  const { paths, elsewhere, unfound } = await writePypeit(labelled, {
    ...order,
    maker,
    date,
  });
  for (const path of paths) notice(`wrote ${path}`);
  if (elsewhere.length > 0) {
    notice(
      `${framesText(elsewhere)} of other instruments: in the .obslog alone`,
    );
  }
  if (unfound.length > 0) {
    notice(
      `${framesText(unfound)} that PypeIt cannot find by name ` +
        `(${unfound[0]} is the first): their lines are comments; ` +
        "where names come twice, hand on a folder at a time",
    );
  }
}

function framesText({ length }: readonly string[]): string {
  return `${length} frame${length === 1 ? "" : "s"}`;
}

function usage(what: string): SpitError {
  return new SpitError("usage", what);
}
