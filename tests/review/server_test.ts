import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { appendLabel } from "../../lib/evaluation/append_label.ts";
import { readLabels } from "../../lib/evaluation/manifest.ts";
import { resolve } from "../../lib/std.ts";
import { renderReviewPage } from "../../lib/review/page.tsx";
import { createPacker, createPreviewer } from "../../lib/review/preview.ts";
import { createReviewHandler, makeToken } from "../../lib/review/server.ts";
import { createReviewSession } from "../../lib/review/session.ts";
import { evenPlane, fitsOf, temporaryFolder } from "../tiny.ts";
import { makeVerdict } from "../verdicts.ts";

const HOST = "http://127.0.0.1:8000";

/** Creates a review of one frame, and functions that send requests to its handler. */
async function setUp(folder: string) {
  const frame = `${folder}/r1.fits`;
  const labels = `${folder}/labels.csv`;
  await Deno.writeFile(frame, fitsOf([evenPlane()]));
  const session = createReviewSession();
  session.addVerdict(verdictOn(frame));
  const token = makeToken();
  const stop = new AbortController();
  const handle = createReviewHandler(token, {
    page: renderReviewPage({
      paths: ["<night>"],
      labelsFile: labels,
      command: "spit '<night>'",
      all: false,
    }),
    session,
    previewFrame: createPreviewer(),
    packHdu: createPacker(),
    saveLabel: (file, label) => appendLabel(labels, file, label),
    stop: stop.signal,
  });
  const request = (path: string, init: RequestInit = {}) =>
    handle(new Request(`${HOST}/${token}/${path}`, init));
  const postLabel = (body: unknown, headers: Record<string, string> = {}) =>
    request("label", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });
  return { handle, request, postLabel, labels, frame, session, token, stop };
}

function verdictOn(file: string): Verdict {
  return makeVerdict(file, {
    type: "bias",
    probabilities: { bias: 0.9, arc: 0.1 },
  });
}

Deno.test("review server refuses requests without the token, from other pages, and for other hosts", async () => {
  using folder = temporaryFolder();
  const { handle, token } = await setUp(folder.path);
  const status = async (url: string, headers: Record<string, string> = {}) => {
    const response = await handle(new Request(url, { headers }));
    await response.body?.cancel();
    return response.status;
  };
  const home = `${HOST}/${token}/`;
  assertEquals(await status(home), 200);
  assertEquals(await status(home, { origin: HOST }), 200);
  assertEquals(await status(home.replace("127.0.0.1", "localhost")), 200);

  assertEquals(await status(`${HOST}/`), 403);
  assertEquals(await status(`${HOST}/${token.slice(1)}/`), 403);
  assertEquals([token.length, makeToken() === token], [64, false]);
  assertEquals(await status(`${HOST}/${makeToken()}/`), 403);
  assertEquals(await status(`${HOST}/app.js`), 403);
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

Deno.test("review server opens no path from a request and accepts no other method", async () => {
  using folder = temporaryFolder();
  const { request, frame, token, handle } = await setUp(folder.path);
  const paths = [
    "../../../../../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cetc",
    "frame/../../etc/passwd",
    `frame/${encodeURIComponent(frame)}`,
    "frame/-1",
    "frame/1e0",
    "frame/999999999",
    "image/0/1/7",
    "image/0",
    "pixels/0/1/7",
    "pixels/0/1/-0",
    "pixels/0",
    "pixels/1/1/0",
    "/",
    "constructor",
    "__proto__",
  ];
  for (const path of paths) {
    const response = await request(path);
    const text = await response.text();
    assert([403, 404].includes(response.status), `${path}: ${response.status}`);
    assert(!text.includes("root:"), path);
  }
  for (const method of ["PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]) {
    const other = new Request(`${HOST}/${token}/label`, { method });
    assertEquals((await handle(other)).status, 405);
  }
});

Deno.test("review server delivers the pixels of an HDU, and says why it cannot", async () => {
  using folder = temporaryFolder();
  const { request, frame } = await setUp(folder.path);
  const response = await request("pixels/0/1/0");
  assertEquals(response.headers.get("content-type"), "application/json");
  const { hdu, width, height, type } = await response.json();
  assertEquals([hdu, width, height, type], [0, 700, 260, "uint16"]);
  await Deno.remove(frame);
  const failed = await request("pixels/0/1/0");
  assertEquals([failed.status, await failed.text()], [500, "no such file\n"]);
});

Deno.test("review server writes valid labels only, before it responds", async () => {
  using folder = temporaryFolder();
  const { postLabel, labels, frame } = await setUp(folder.path);
  const assertRefused = async (
    status: number,
    body: unknown,
    headers: Record<string, string> = {},
  ) => assertEquals((await postLabel(body, headers)).status, status);
  await assertRefused(400, { id: 0, label: "lamp" });
  await assertRefused(400, { id: 1, label: "arc" });
  await assertRefused(400, { id: "0", label: "arc" });
  await assertRefused(400, { id: 0.5, label: "arc" });
  await assertRefused(400, { id: 0 });
  await assertRefused(400, "[]");
  await assertRefused(400, "null");
  await assertRefused(400, "{");
  await assertRefused(415, { id: 0, label: "arc" }, {
    "content-type": "text/plain",
  });
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), [
    { name: "r1.fits", isFile: true, isDirectory: false, isSymlink: false },
  ]);

  assertEquals((await postLabel({ id: 0, label: "arc" })).status, 200);
  assertEquals((await readLabels(labels)).get(resolve(frame)), "arc");
  assertEquals((await postLabel({ id: 0, label: null })).status, 200);
  assertEquals((await readLabels(labels)).size, 0);
});

Deno.test("review server responds with an error when a label cannot be written", async () => {
  using folder = temporaryFolder();
  const { postLabel, labels } = await setUp(folder.path);
  await Deno.mkdir(labels);
  const response = await postLabel({ id: 0, label: "arc" });
  assertEquals(response.status, 500);
  assertStringIncludes(await response.text(), "append labels");
});

Deno.test("review server serves the page, escaped and with a strict policy, and all that it loads", async () => {
  using folder = temporaryFolder();
  const { request, session } = await setUp(folder.path);
  const page = await request("");
  const html = await page.text();
  assertStringIncludes(html, "&lt;night>");
  assertEquals(html.includes("<night>"), false);
  const policy = page.headers.get("content-security-policy")!;
  assertStringIncludes(policy, "default-src 'none'");
  assertEquals(policy.includes("unsafe"), false);

  const names = new Set(
    [...html.matchAll(/(?:src|href)="([\w.]+)"/g)].map(([, name]) => name!),
  );
  for (const name of names) {
    const file = await request(name);
    assertEquals(file.status, 200, name);
    const imports = (await file.text()).matchAll(/from\s*"\.\/(.+?)"/g);
    for (const [, imported] of imports) names.add(imported!);
  }
  // Not the file of this name in the repository, which imports from npm.
  assertEquals(names.has("preact.js"), true);
  const preact = await (await request("preact.js")).text();
  assertEquals(/import\b/.test(preact), false);

  const frame = await (await request("frame/0")).json();
  assertStringIncludes(frame.hdus[0].plot.caption, "HDU 0: 700 × 260 pixels");
  assertEquals("png" in frame.hdus[0], false);
  const { imageVersion } = session.getRow(0)!;
  const image = await request(`image/0/${imageVersion}/0`);
  assertEquals(image.headers.get("content-type"), "image/png");
  assertEquals((await image.bytes())[0], 0x89);
});

Deno.test("review server answers a request for changes when there are some, or when it stops", async () => {
  using folder = temporaryFolder();
  const { request, session, frame, stop } = await setUp(folder.path);
  const first = await (await request("changes/0")).json();
  assertEquals(first.rows.length, 1);
  const response = request(`changes/${first.version}`);
  session.setLabels(new Map([[resolve(frame), "arc"]]));
  const [row] = (await (await response).json()).rows;
  assertEquals([row.id, row.label], [0, "arc"]);
  const last = request(`changes/${row.version}`);
  stop.abort();
  assertEquals((await (await last).json()).rows, []);
});
