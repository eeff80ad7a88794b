import { assert, assertEquals, assertMatch } from "@std/assert";
import { startReview, writeNight } from "../review/start_review.ts";
import { temporaryFolder } from "../tiny.ts";

/** A review of a night, and what it takes to speak to it byte by byte. */
async function reviewed() {
  const folder = temporaryFolder();
  await writeNight(folder.path);
  const review = await startReview(folder.path);
  const { port, pathname } = new URL(review.url);
  const token = pathname.slice(1, -1);
  return {
    folder: folder.path,
    review,
    token,
    port: Number(port),
    /** Sends text as it is; gives all that comes back until the server closes or is silent. */
    say: (text: string) => say(Number(port), text),
    async [Symbol.asyncDispose]() {
      await review[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

async function say(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return await heard(connection);
}

async function heard(connection: Deno.Conn, patience = 500): Promise<string> {
  const buffer = new Uint8Array(1 << 16);
  let answer = "";
  while (true) {
    const read = await Promise.race([
      connection.read(buffer),
      new Promise<null>((wake) => setTimeout(() => wake(null), patience)),
    ]).catch(() => null);
    if (read === null) return answer;
    answer += new TextDecoder().decode(buffer.subarray(0, read));
    if (answer.includes("\r\n\r\n")) patience = 50;
  }
}

const statusOf = (answer: string) =>
  Number(/^HTTP\/1\.\d (\d+)/.exec(answer)?.[1]);

Deno.test("review: requests that no browser sends are refused, and none reads another file", async () => {
  await using at = await reviewed();
  const { token, port } = at;
  const host = `Host: 127.0.0.1:${port}\r\n`;
  const close = "Connection: close\r\n\r\n";
  const refused = [
    `GET /${token}/ HTTP/1.1\r\nHost: evil.example\r\n${close}`,
    `GET /${token}/ HTTP/1.1\r\nHost: 127.0.0.1.evil.example:${port}\r\n${close}`,
    `GET /${token}/ HTTP/1.1\r\nHost: evil.example#127.0.0.1\r\n${close}`,
    `GET http://evil.example/${token}/ HTTP/1.1\r\nHost: evil.example\r\n${close}`,
    `GET /${token}/ HTTP/1.1\r\n${host}Origin: http://evil.example\r\n${close}`,
    `GET /${token}/ HTTP/1.1\r\n${host}Origin: null\r\n${close}`,
    `GET / HTTP/1.1\r\n${host}Cookie: token=${token}\r\n${close}`,
    `GET / HTTP/1.1\r\n${host}Referer: http://127.0.0.1:${port}/${token}/\r\n${close}`,
    `GET /?${token} HTTP/1.1\r\n${host}${close}`,
    `GET //${token}/ HTTP/1.1\r\n${host}${close}`,
    `GET /${token.toUpperCase()}/ HTTP/1.1\r\n${host}${close}`,
    `GET /${token.slice(0, -1)}/ HTTP/1.1\r\n${host}${close}`,
    `GET /${token}/../ HTTP/1.1\r\n${host}${close}`,
    `GET /${token}/../../../../etc/passwd HTTP/1.1\r\n${host}${close}`,
    `GET /${token}/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1\r\n${host}${close}`,
    `GET /${token}/frame/..%2f..%2fetc%2fpasswd HTTP/1.1\r\n${host}${close}`,
    `GET /${token}/spit-labels.csv HTTP/1.1\r\n${host}${close}`,
    `GET /${token}/bias1.fits HTTP/1.1\r\n${host}${close}`,
    `TRACE /${token}/ HTTP/1.1\r\n${host}${close}`,
    `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${host}${close}`,
    `OPTIONS * HTTP/1.1\r\n${host}${close}`,
    `get /${token}/ HTTP/1.1\r\n${host}${close}`,
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    `GET /${token}/ HTTP/1.1\r\n${host}X: ${"x".repeat(1 << 20)}\r\n${close}`,
  ];
  const answers = await Promise.all(refused.map(at.say));
  answers.forEach((answer, k) => {
    const asked = refused[k]!.slice(0, 120);
    // What is no request at all is closed without an answer.
    const status = answer === "" ? 400 : statusOf(answer);
    assert(status >= 400 && status < 500, `${asked}: ${answer.slice(0, 200)}`);
    assert(!/root:|SIMPLE/.test(answer) && !answer.includes(token), asked);
  });
  assertEquals(
    statusOf(await at.say(`GET /${token}/ HTTP/1.1\r\n${host}${close}`)),
    200,
  );
});

Deno.test("review: no form and no script of another page can label", async () => {
  await using at = await reviewed();
  const { token, port } = at;
  const post = (headers: string, body: string) =>
    at.say(
      `POST /${token}/label HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
        `${headers}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  const order = '{"id":0,"label":"arc"}';
  const json = "Content-Type: application/json\r\n";
  for (
    const headers of [
      "Content-Type: text/plain\r\n",
      "Content-Type: application/x-www-form-urlencoded\r\n",
      "Content-Type: multipart/form-data; boundary=x\r\n",
      "",
      `${json}Origin: http://evil.example\r\n`,
      `${json}Origin: null\r\n`,
      `${json}Origin: http://127.0.0.1:1\r\n`,
      `${json}Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n`,
      `${json}Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors\r\n`,
      // A form that is sent from another page leads here as a link does.
      "Content-Type: text/plain\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
    ]
  ) {
    const status = statusOf(await post(headers, order));
    assert([403, 415].includes(status), `${headers}: ${status}`);
  }
  const names = await Array.fromAsync(Deno.readDir(at.folder));
  assertEquals(names.some(({ name }) => !name.endsWith(".fits")), false);
  assertEquals(statusOf(await post(json, order)), 200);
  const after = await Array.fromAsync(Deno.readDir(at.folder));
  assertEquals(
    after.map(({ name }) => name).filter((name) => !name.endsWith(".fits")),
    ["spit-labels.csv"],
  );
});

Deno.test("review: bodies that are huge or never end cost no memory, hold up nobody, and do not keep it from ending", async () => {
  await using at = await reviewed();
  const { token, port } = at;
  const head = `POST /${token}/label HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    "Content-Type: application/json\r\n";
  const huge = `${head}Content-Length: 10000000\r\n\r\n${"x".repeat(1e6)}`;
  assertEquals(statusOf(await at.say(huge)), 400);

  const connections = [];
  for (let k = 0; k < 50; k++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const text = k % 2 === 0
      ? `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n`
      : "GET / HTTP/1.1\r\nHo";
    await connection.write(new TextEncoder().encode(text));
    connections.push(connection);
  }
  const start = performance.now();
  const page = await fetch(at.review.url);
  await page.body?.cancel();
  assertEquals(page.status, 200);
  assert(performance.now() - start < 2000);
  const ending = at.review.end("SIGTERM");
  const late = new Promise<null>((wake) => setTimeout(() => wake(null), 5000));
  const ended = await Promise.race([ending, late]);
  for (const connection of connections) connection.close();
  assertEquals(ended?.code, 0, "it waits for bodies that never end");
});

Deno.test("review: this machine alone, and nothing of another origin", async () => {
  await using at = await reviewed();
  for (const { address, family } of Deno.networkInterfaces()) {
    if (family !== "IPv4" || address.startsWith("127.")) continue;
    const reached = await Deno.connect({ hostname: address, port: at.port })
      .then((connection) => (connection.close(), true), () => false);
    assertEquals(reached, false, address);
  }
  for (const path of ["", "app.js", "changes/0", "frame/0", "nothing"]) {
    const answer = await fetch(at.review.url + path);
    await answer.body?.cancel();
    const policy = answer.headers.get("content-security-policy")!;
    assertMatch(policy, /default-src 'none'.*frame-ancestors 'none'/);
    assert(!/unsafe|\*|http:/.test(policy), policy);
    assertEquals(answer.headers.get("referrer-policy"), "no-referrer");
    assertEquals(answer.headers.get("x-content-type-options"), "nosniff");
    assertEquals(answer.headers.get("cache-control"), "no-store");
    assertEquals(answer.headers.get("access-control-allow-origin"), null);
    assertEquals(answer.headers.get("set-cookie"), null);
  }
});

Deno.test({
  name:
    "review --open: the secret is on no command line, but in a file for its user alone",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    using tools = temporaryFolder();
    const told = `${tools.path}/told`;
    // Stands for the browser: notes what it is given, and how that file is.
    const script = `#!/bin/sh
file="\${1#file://}"
{ echo "$1"; stat -c %a "$file"; cat "$file"; } > ${told}.new
mv ${told}.new ${told}
`;
    await Deno.writeTextFile(`${tools.path}/xdg-open`, script, { mode: 0o755 });
    await using review = await startReview(folder.path, ["--open"], {
      run: "--allow-run=xdg-open",
      env: { PATH: `${tools.path}:${Deno.env.get("PATH")}` },
    });
    const given = await textWhenThere(told);
    const [address, mode, ...page] = given.split("\n");
    const token = new URL(review.url).pathname.slice(1, -1);
    assertMatch(address!, /^file:\/\/\/.*\/open-review-\w+\.html$/);
    assertEquals(address!.includes(token), false);
    assertEquals(mode, "600");
    assert(page.join("\n").includes(`url=${review.url}"`));
    const { code } = await review.end("SIGTERM");
    assertEquals(code, 0);
    const names = await Array.fromAsync(Deno.readDir(folder.path));
    assertEquals(names.some(({ name }) => name.startsWith("open-")), false);
  },
});

async function textWhenThere(path: string): Promise<string> {
  for (let k = 0; k < 100; k++) {
    try {
      return await Deno.readTextFile(path);
    } catch {
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
  throw new Error(`${path} does not come`);
}
