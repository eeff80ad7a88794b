import { assertEquals } from "@std/assert";
import {
  compareNights,
  countDays,
  findNightLabel,
} from "../../lib/calibration/night.ts";

Deno.test("nights are compared; without a longitude starts are, within a day", () => {
  const [start, next] = [57627.3, 57628.2];
  const cases = [
    [["2016-08-26", start], ["2016-08-26", next], true],
    [["2016-08-26", start], ["2016-08-27", start], false],
    [["2016-08-26", null], [null, start], true],
    [["2016-08-26", null], [null, start + 2], false],
    [["2016-08-26", start], [null, next], true],
    [[null, start], [null, next], true],
    [[null, start], [null, start + 1.1], false],
    [[null, start], [null, null], null],
    [["2016-08-26", null], [null, null], null],
    [[null, null], [null, null], null],
  ] as const;
  for (const [[night, mjd], [other, otherMjd], expected] of cases) {
    const frames = [{ night, mjd }, { night: other, mjd: otherMjd }] as const;
    const label = JSON.stringify(frames);
    assertEquals(compareNights(frames[0], frames[1]), expected, label);
    assertEquals(compareNights(frames[1], frames[0]), expected, label);
  }
});

Deno.test("a frame without a night has the day of its start", () => {
  assertEquals(findNightLabel({ night: null, mjd: 57627.9 }), "2016-08-27");
  assertEquals(findNightLabel({ night: "2016-08-26", mjd: 1 }), "2016-08-26");
  assertEquals(findNightLabel({ night: null, mjd: null }), null);
  assertEquals(countDays("2021-02-19", "2020-11-19"), -92);
});
