import { assertEquals } from "@std/assert";
import { tabulateConfigurations } from "../../lib/calibration/configuration_table.ts";
import type { FrameType } from "../../lib/frame_type.ts";
import type { LogEntry } from "../../lib/header/log_entry.ts";
import {
  formatConfigurations,
  formatIncomplete,
  formatLacks,
  listNotices,
} from "../../lib/output/configurations.ts";
import { NO_LOG } from "../no_log.ts";
import { makeVerdict, type VerdictParts } from "../verdicts.ts";

const LOG: LogEntry = {
  ...NO_LOG,
  instrument: "kast-red",
  night: "2021-02-18",
  mjd: 59264,
};

function verdict(
  type: FrameType,
  dichroic: string,
  parts: VerdictParts = {},
) {
  const configuration = { dispname: "600/7500", dichroic };
  return makeVerdict(`/night/${type}_${dichroic}.fits`, {
    type,
    log: { ...LOG, configuration },
    ...parts,
  });
}

const NIGHT = [
  verdict("bias", "d46"),
  verdict("arc", "d46"),
  verdict("flat", "d46"),
  verdict("flat", "d46", { subtype: "twilight" }),
  verdict("science", "d46"),
  verdict("science", "d55"),
  verdict("science", "d55"),
  verdict("arc", "d55", { use: false }),
];

Deno.test("the table counts usable frames that stand for their type, and names what is lacking", () => {
  const { configurations, missing } = tabulateConfigurations(NIGHT);
  assertEquals(
    configurations.map(({ name, counts, lacks, nights }) => ({
      ...{ name, nights },
      counts: Object.fromEntries(
        Object.entries(counts).filter(([, count]) => count > 0),
      ),
      lacks: lacks.map(({ calibration }) => calibration),
    })),
    [
      {
        name: "A",
        nights: ["2021-02-18"],
        counts: { bias: 1, arc: 1, flat: 1, science: 1 },
        lacks: [],
      },
      {
        name: "B",
        nights: ["2021-02-18"],
        counts: { bias: 1, science: 2 },
        lacks: ["arc", "flat"],
      },
    ],
  );
  assertEquals(configurations.map(({ files }) => [files.bias, files.flat]), [
    [["/night/bias_d46.fits"], ["/night/flat_d46.fits"]],
    [["/night/bias_d46.fits"], []],
  ]);
  assertEquals(missing.map(({ configurations }) => configurations), [
    ["B"],
    ["B"],
  ]);
  assertEquals(configurations.map(formatLacks), [
    "",
    "configuration B of kast-red (science 2): no arc, no flat",
  ]);
  assertEquals(
    formatConfigurations(configurations).split("\n").slice(1, 3)
      .map((line) => line.split(/\s{2,}/).join("|")),
    [
      "kast-red A|1|0|1|1|0|1|-|dichroic d46",
      "kast-red B|1|0|0|0|0|2|arc, flat|dichroic d55",
    ],
  );
});

Deno.test("with several nights the table says which one lacks a calibration", () => {
  const next = { ...LOG, night: "2021-02-19", mjd: 59265 };
  const configuration = { dispname: "600/7500", dichroic: "d46" };
  const log = { ...next, configuration };
  const { configurations } = tabulateConfigurations([
    ...NIGHT.slice(0, 5),
    verdict("science", "d46", { log }),
  ]);
  assertEquals(
    formatLacks(configurations[0]!),
    "configuration A of kast-red (science 2): no arc (2021-02-19), " +
      "no flat (2021-02-19), no bias (2021-02-19)",
  );
});

Deno.test("frames whose headers lack keys are named, with what they lack", () => {
  const lost = (type: FrameType, configuration: Record<string, string>) =>
    verdict(type, "lost", { log: { ...LOG, configuration } });
  const table = tabulateConfigurations([
    ...NIGHT,
    lost("science", { dispname: "600/7500" }),
  ]);
  assertEquals(table.incomplete.map(formatIncomplete), [
    "science_lost.fits (science): its header does not tell the configuration: " +
    "it lacks dichroic; kast-red A and kast-red B fit",
  ]);
  const joined = tabulateConfigurations([
    ...NIGHT.slice(0, 5),
    lost("arc", { dispname: "600/7500" }),
    verdict("science", "d46", {
      log: { ...NO_LOG, instrument: "alfosc", configuration: {} },
    }),
  ]);
  assertEquals(listNotices(joined), [
    "1 frame without dichroic in the header, taken as of kast-red A: arc_lost.fits",
    "1 frame without a date: whether calibrations are of the same night is unknown",
  ]);
});
