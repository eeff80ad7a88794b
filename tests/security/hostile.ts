/** Frames whose names and headers contain payloads against programs that show them. */
import { evenPlane, fitsOf } from "../tiny.ts";

/**
 * Payloads for header cards (at most 60 bytes) and for file names, as far as the file
 * system allows. Those that are scripts set the global variable `pwned`.
 */
export const PAYLOADS: Readonly<Record<string, string>> = {
  script: "<script>pwned=1</script>",
  image: '"><img src=x onerror=pwned=1>',
  attribute: "' onmouseover=pwned=1 x='",
  end: "</script><svg onload=pwned=1>",
  url: "javascript:pwned=1",
  comment: "--><b>&lt;!--&quot;",
  title: "\x1b]0;pwned\x07",
  clear: "\x1b[2J\x1b[31m",
  c1: "\x9b2J\x85",
  bidi: "\u202e\u2066stif\u2069",
  invisible: "\u200b\ufeff\u2028\u2029",
  lines: "a\r\nb\tc",
  hyperlink: '=HYPERLINK("http://x.example","y")',
  command: "+1+cmd|' /C calc'!A0",
  at: "@SUM(1+1)",
  minus: "-2+3",
  tab: "\t=1+1",
  fullwidth: "＝1+1",
  bars: "a|b#c&d",
  yaml: "setup end\n- !!python/object",
  traversal: "../../../../etc/passwd",
  drive: "C:\\Windows\\system32",
  percent: "%s%n%2e%2e",
  option: "-o",
  strict: "--strict",
  list: "@list",
  long: "x".repeat(60),
};

/** Cards whose values appear in outputs. */
const CARDS = ["OBJECT", "INSTRUME", "GRATING", "SLIT"];

/** Returns a bias frame with a payload in each of {@linkcode CARDS}. */
function makeHostileFrame(payload: string): Uint8Array {
  const bytes = fitsOf([evenPlane()]);
  const header = new TextDecoder().decode(bytes.subarray(0, 2880));
  const end = header.indexOf("END ".padEnd(80));
  const records = [
    // Rules compare only the letters, but the evidence shows the whole value.
    `IMAGETYP= '"><OBJECT>\u202e\x9b'`,
    ...CARDS.map((card) =>
      `${card.padEnd(8)}= '${payload.replaceAll("'", "''")}'`
    ),
    "DATE-OBS= '2026-01-01T04:00:00'",
    // Outside the quotes, where a regular expression may look for the end of a line.
    "FILTER  = 'R'\u2028\u2029 / \u2028\u2029\u0085\ufeff\u3000",
    "HIERARCH ESO DET\u2028NAME = 'x' \u2029 / y",
    "COMMENT \u2028\u2029",
    "END",
  ];
  records.forEach((text, k) => {
    const record = new Uint8Array(80).fill(0x20);
    record.set(new TextEncoder().encode(text).subarray(0, 80));
    bytes.set(record, end + 80 * k);
  });
  return bytes;
}

/** Returns a file name with a payload in it, as far as file names allow. */
export function makeFileName(payload: string): string {
  return payload.replaceAll("/", "\u2044").replace(/^\./, "x.") + ".fits";
}

/**
 * Writes a frame for each payload, which is in the cards and the file name, and one
 * whose folder and name form a closing tag. Returns their paths below the folder.
 */
export async function writeHostileNight(folder: string): Promise<string[]> {
  const frames = new Map(
    Object.values(PAYLOADS).map((text) => [makeFileName(text), text]),
  );
  frames.set("x</script><b>.fits", "</script>");
  await Deno.mkdir(`${folder}/x<`, { recursive: true });
  for (const [name, payload] of frames) {
    await Deno.writeFile(`${folder}/${name}`, makeHostileFrame(payload));
  }
  return [...frames.keys()].sort();
}

/** Returns the control and format characters of a text, except \n and those allowed. */
export function findControlCharacters(text: string, allowed = ""): string[] {
  return [...text].filter((character) =>
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) &&
    !("\n" + allowed).includes(character)
  );
}
