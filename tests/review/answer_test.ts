import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resolve } from "../../lib/io/path.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { appendLabel, readLabels } from "../../lib/evaluation/labels_file.ts";
import { answering } from "../../lib/review/answer.ts";
import { type Desk, startDesk } from "../../lib/review/desk.ts";
import { makeToken } from "../../lib/review/guard.ts";
import { startLooking } from "../../lib/review/look_at.ts";
import { reviewPage } from "../../lib/review/page.tsx";
import { makeVerdict } from "../verdicts.ts";
import { evenPlane, fitsOf, temporaryFolder } from "../tiny.ts";

const HOST = "http://127.0.0.1:8000";

/** A desk with one frame, and what answers for it. */
async function startAnswering(folder: string) {
  const frame = `${folder}/r1.fits`;
  const labels = `${folder}/labels.csv`;
  await Deno.writeFile(frame, fitsOf([evenPlane()]));
  const desk = startDesk();
  desk.put(verdictOn(frame));
  const token = makeToken();
  const stop = new AbortController();
  const answer = answering({
    token,
    page: reviewPage({ named: ["<night>"], labels, all: false }),
    desk,
    lookAt: startLooking(),
    save: (file, label) => appendLabel(labels, file, label),
    stop: stop.signal,
  });
  const ask = (path: string, init: RequestInit = {}) =>
    answer(new Request(`${HOST}/${token}/${path}`, init));
  const label = (body: unknown, headers: Record<string, string> = {}) =>
    ask("label", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  return { answer, ask, label, labels, frame, desk, token, stop };
}

function verdictOn(file: string): Verdict {
  return makeVerdict(file, {
    type: "bias",
    probabilities: { bias: 0.9, arc: 0.1 },
    model: "tiny@1",
  });
}

Deno.test("review server: nothing without the token, from another page, or under another name", async () => {
  using folder = temporaryFolder();
  const { answer, token } = await startAnswering(folder.path);
  const status = async (url: string, headers: Record<string, string> = {}) => {
    const response = await answer(new Request(url, { headers }));
    await response.body?.cancel();
    return response.status;
  };
  const home = `${HOST}/${token}/`;
  assertEquals(await status(home), 200);
  assertEquals(await status(home, { origin: HOST }), 200);
  assertEquals(await status(home.replace("127.0.0.1", "localhost")), 200);

  assertEquals(await status(`${HOST}/`), 403);
  assertEquals(await status(`${HOST}/${token.slice(1)}/`), 403);
  assertEquals(await status(`${HOST}/${makeToken()}/`), 403);
  assertEquals(await status(`${HOST}/main.js`), 403);
  assertEquals(await status(home, { origin: "http://evil.example" }), 403);
  assertEquals(await status(home, { origin: "null" }), 403);
  assertEquals(await status(home, { origin: "http://127.0.0.1:9" }), 403);
  assertEquals(await status(home, { host: "evil.example:8000" }), 403);
  assertEquals(
    await status(home, { host: "127.0.0.1.evil.example:8000" }),
    403,
  );
  assertEquals(
    await status(home + "changes/0", {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "no-cors",
    }),
    403,
  );
});

Deno.test("review server: no path of a request is opened, no other method is taken", async () => {
  using folder = temporaryFolder();
  const { ask, frame, token, answer } = await startAnswering(folder.path);
  const paths = [
    "../../../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cetc",
    "frame/../../etc/passwd",
    `frame/${encodeURIComponent(frame)}`,
    "frame/-1",
    "frame/1e0",
    "frame/999999999",
    "inputImage/0/1/7",
    "inputImage/0",
    "constructor",
    "__proto__",
  ];
  for (const path of paths) {
    const response = await ask(path);
    const text = await response.text();
    assert([403, 404].includes(response.status), `${path}: ${response.status}`);
    assert(!text.includes("root:"), path);
  }
  for (const method of ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]) {
    const request = new Request(`${HOST}/${token}/label`, { method });
    assertEquals((await answer(request)).status, 405);
  }
});

Deno.test("review server: what is no label writes nothing; a label is on the disk when the answer comes", async () => {
  using folder = temporaryFolder();
  const { label, labels, frame } = await startAnswering(folder.path);
  const refused = async (status: number, body: unknown, type?: string) => {
    const headers: Record<string, string> = type === undefined
      ? {}
      : { "content-type": type };
    assertEquals((await label(body, headers)).status, status);
  };
  await refused(400, { id: 0, label: "lamp" });
  await refused(400, { id: 1, label: "arc" });
  await refused(400, { id: "0", label: "arc" });
  await refused(400, { id: 0.5, label: "arc" });
  await refused(400, { id: 0 });
  await refused(400, "[]");
  await refused(400, "{");
  await refused(400, { id: 0, label: "arc", file: "x".repeat(2000) });
  await refused(415, { id: 0, label: "arc" }, "text/plain");
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), [
    { name: "r1.fits", isFile: true, isDirectory: false, isSymlink: false },
  ]);

  assertEquals((await label({ id: 0, label: "arc" })).status, 200);
  assertEquals((await readLabels(labels)).get(resolve(frame)), "arc");
  assertEquals((await label({ id: 0, label: null })).status, 200);
  assertEquals((await readLabels(labels)).size, 0);
});

Deno.test("review server: a label that cannot be written is an answer, not the end", async () => {
  using folder = temporaryFolder();
  const { label, labels } = await startAnswering(folder.path);
  await Deno.mkdir(labels);
  const response = await label({ id: 0, label: "arc" });
  assertEquals(response.status, 500);
  assertStringIncludes(await response.text(), "cannot append labels");
});

Deno.test("review server: page, scripts, frame and input image; the page is escaped and locked", async () => {
  using folder = temporaryFolder();
  const { ask, desk } = await startAnswering(folder.path);
  const page = await ask("");
  const html = await page.text();
  assertStringIncludes(html, "&lt;night>");
  assertEquals(html.includes("<night>"), false);
  const policy = page.headers.get("content-security-policy")!;
  assertStringIncludes(policy, "default-src 'none'");
  assertEquals(policy.includes("unsafe"), false);
  for (const [, name] of html.matchAll(/(?:src|href)="([\w.]+)"/g)) {
    const file = await ask(name!);
    assertEquals(file.status, 200);
    for (const [, other] of (await file.text()).matchAll(/from "\.\/(.+)"/g)) {
      const script = await ask(other!);
      assertEquals(script.status, 200, other);
      await script.body?.cancel();
    }
  }
  const frame = await (await ask("frame/0")).json();
  assertEquals(frame.hdus[0].width, 700);
  assertEquals(frame.hdus[0].maxima.length, 260);
  assertEquals("png" in frame.hdus[0], false);
  const { typing } = desk.row(0)!;
  const inputImage = await ask(`inputImage/0/${typing}/0`);
  assertEquals(inputImage.headers.get("content-type"), "image/png");
  assertEquals((await inputImage.bytes())[0], 0x89);
});

Deno.test("review server: who asks for changes is answered when there are some", async () => {
  using folder = temporaryFolder();
  const { ask, desk, frame, stop } = await startAnswering(folder.path);
  const first = await (await ask("changes/0")).json();
  assertEquals(first.rows.length, 1);
  const asked = ask(`changes/${first.version}`);
  desk.setLabels(new Map([[resolve(frame), "arc"]]));
  const [row] = (await (await asked).json()).rows;
  assertEquals([row.id, row.label], [0, "arc"]);
  const last = ask(`changes/${row.version}`);
  stop.abort();
  assertEquals((await (await last).json()).rows, []);
});

Deno.test("review desk: labels come before their frames, and are taken back", () => {
  const desk: Desk = startDesk();
  desk.expect(2);
  desk.setLabels(new Map([["/n/a.fits", "arc"]]));
  desk.put(verdictOn("/n/a.fits"));
  assertEquals(desk.row(0)!.label, "arc");
  assertEquals(desk.changes(0).waiting, 1);
  const { version } = desk.changes(0);
  desk.put(verdictOn("/n/b.fits"));
  assertEquals(desk.changes(version).rows.map(({ id }) => id), [1]);
  desk.setLabels(new Map());
  assertEquals(desk.row(0)!.label, null);
  desk.put(makeVerdict("/n/a.fits", { type: "flat" }));
  assertEquals([desk.row(0)!.type, desk.changes(0).rows.length], ["flat", 2]);
});
