/** Frames whose names and headers try to do harm, for every output to be shown. */
import { evenPlane, fitsOf } from "../tiny.ts";

/**
 * Tricks by name: texts for header cards (at most 60 bytes) and, where a file
 * system takes them, for the names of files and folders. What a script of them
 * does is to set `pwned`.
 */
export const TRICKS: Readonly<Record<string, string>> = {
  script: "<script>pwned=1</script>",
  image: '"><img src=x onerror=pwned=1>',
  attribute: "' onmouseover=pwned=1 x='",
  end: "</script><svg onload=pwned=1>",
  address: "javascript:pwned=1",
  comment: "--><b>&lt;!--&quot;",
  title: "\x1b]0;pwned\x07",
  clear: "\x1b[2J\x1b[31m",
  c1: "\x9b2J\x85",
  bidi: "\u202e\u2066stif\u2069",
  unseen: "\u200b\ufeff\u2028\u2029",
  lines: "a\r\nb\tc",
  hyperlink: '=HYPERLINK("http://x.example","y")',
  command: "+1+cmd|' /C calc'!A0",
  sum: "@SUM(1+1)",
  minus: "-2+3",
  tab: "\t=1+1",
  wide: "＝1+1",
  bars: "a|b#c&d",
  yaml: "setup end\n- !!python/object",
  up: "../../../../etc/passwd",
  drive: "C:\\Windows\\system32",
  percent: "%s%n%2e%2e",
  option: "-o",
  strict: "--strict",
  list: "@list",
  long: "x".repeat(60),
};

/** Cards that outputs show. */
const CARDS = ["OBJECT", "INSTRUME", "GRATING", "SLIT"];

/** A frame of a bias with a trick in all cards that outputs show. */
export function hostileFrame(trick: string): Uint8Array {
  const bytes = fitsOf([evenPlane()]);
  const header = new TextDecoder().decode(bytes.subarray(0, 2880));
  const end = header.indexOf("END ".padEnd(80));
  const records = [
    // Rules look at its letters alone; what is shown as evidence is all of it.
    `IMAGETYP= '"><OBJECT>\u202e\x9b'`,
    ...CARDS.map((card) =>
      `${card.padEnd(8)}= '${trick.replaceAll("'", "''")}'`
    ),
    "DATE-OBS= '2026-01-01T04:00:00'",
    "END",
  ];
  records.forEach((text, k) => {
    const record = new Uint8Array(80).fill(0x20);
    record.set(new TextEncoder().encode(text).subarray(0, 80));
    bytes.set(record, end + 80 * k);
  });
  return bytes;
}

/** A name for a file with a trick in it, as far as names can hold one. */
export function nameWith(trick: string): string {
  return trick.replaceAll("/", "\u2044").replace(/^\./, "x.") + ".fits";
}

/**
 * Writes a frame for each trick, with it in its cards and its name, and one in
 * folders that together spell a closing tag.
 *
 * @returns Paths of the frames below the folder.
 */
export async function writeHostileNight(folder: string): Promise<string[]> {
  const frames = new Map(
    Object.values(TRICKS).map((trick) => [nameWith(trick), trick]),
  );
  frames.set("x</script><b>.fits", "</script>");
  await Deno.mkdir(`${folder}/x<`, { recursive: true });
  for (const [name, trick] of frames) {
    await Deno.writeFile(`${folder}/${name}`, hostileFrame(trick));
  }
  return [...frames.keys()].sort();
}

/** Characters that steer a terminal, but for line breaks and what else is allowed. */
export function steering(text: string, allowed = ""): string[] {
  return [...text].filter((character) =>
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) &&
    !("\n" + allowed).includes(character)
  );
}
