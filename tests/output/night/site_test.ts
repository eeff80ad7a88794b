import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Card } from "../../../lib/fits/header.ts";
import {
  computeSunAltitude,
  findLocalTime,
  findSite,
  listPhases,
} from "../../../lib/output/night/site.ts";

function makeCards(values: Record<string, string | number>): Card[] {
  return Object.entries(values).map(([keyword, value]) => ({
    keyword,
    value,
    comment: "",
  }));
}

Deno.test("findSite finds the observatory by the rules of the instrument", () => {
  const site = findSite(makeCards({ VERSION: "kastr" }));
  assertEquals(site, {
    name: "Lick Observatory",
    longitude: -121.6428,
    latitude: 37.3433,
    zone: "America/Los_Angeles",
  });
});

Deno.test("findSite tells sites of nearly the same longitude apart by the latitude", () => {
  const pachon = { OBSLONG: "-70:44:01.11", OBSLAT: "-30:14:16.41" };
  assertEquals(findSite(makeCards(pachon))?.name, "Cerro Pachón");
  assertEquals(
    findSite(makeCards({ OBSLONG: -70.7337 }))?.name,
    "Cerro Pachón",
  );
  assertEquals(findSite(makeCards({ TELESCOP: "ESO-NTT" }))?.name, "La Silla");
  const laSilla = { "ESO TEL GEOLON": -70.7317, "ESO TEL GEOLAT": -29.2584 };
  assertEquals(findSite(makeCards(laSilla))?.name, "La Silla");
});

Deno.test("findSite returns a site without a name only with its latitude", () => {
  assertEquals(findSite(makeCards({ LONGITUD: 10 })), null);
  assertEquals(findSite([]), null);
  assertEquals(findSite(makeCards({ LONGITUD: 10, LATITUDE: 50 })), {
    name: null,
    longitude: 10,
    latitude: 50,
    zone: null,
  });
});

Deno.test("findLocalTime follows the time zone, else the longitude", () => {
  const lick = { longitude: -121.6428, zone: "America/Los_Angeles" };
  // 2016-08-27 and 2026-01-01.
  assertEquals(findLocalTime(lick, 57627), { offset: -7, name: "PDT" });
  assertEquals(findLocalTime(lick, 61041), { offset: -8, name: "PST" });
  const hanle = { longitude: 79, zone: "Asia/Kolkata" };
  assertEquals(findLocalTime(hanle, 61041).offset, 5.5);
  const unknown = { longitude: -70, zone: null };
  assertEquals(findLocalTime(unknown, 61041), { offset: -5, name: "UT−5" });
});

Deno.test("computeSunAltitude agrees with astropy", () => {
  // get_sun(t).transform_to(AltAz(obstime=t, location=...)), astropy 8.0.2.
  const cases = [
    [57627.25, -121.6428, 37.3414, -34.052],
    [61040.0, -70.7345, -29.2567, -3.651],
    [60000.5, 149.0661, -31.2754, -38.032],
    [61220.9, -17.8792, 28.7606, -15.985],
    [59000.1, 0, 60, -2.784],
  ] as const;
  for (const [mjd, longitude, latitude, altitude] of cases) {
    assertAlmostEquals(
      computeSunAltitude(mjd, { longitude, latitude }),
      altitude,
      0.02,
    );
  }
});

Deno.test("listPhases covers a night from the day to the day", () => {
  const greenwich = { longitude: 0, latitude: 51.48 };
  const spans = listPhases(61119.5, 61120.5, greenwich);
  assertEquals(spans.map(({ phase }) => phase), [
    "day",
    "twilight",
    "night",
    "twilight",
    "day",
  ]);
  assertEquals([spans[0]!.start, spans.at(-1)!.end], [61119.5, 61120.5]);
  spans.slice(1).forEach(({ start }, k) => assertEquals(start, spans[k]!.end));
  // 2026-03-20: the Sun sets at 18:13 UT.
  assertAlmostEquals(spans[0]!.end, 61119 + (18 + 13 / 60) / 24, 2 / 1440);
});

Deno.test("listPhases knows the midnight sun", () => {
  const spans = listPhases(61212, 61213, { longitude: 20, latitude: 70 });
  assertEquals(spans, [{ phase: "day", start: 61212, end: 61213 }]);
});
