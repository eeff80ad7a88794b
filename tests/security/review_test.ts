import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startReview, writeNight } from "../review/start_review.ts";
import { temporaryFolder } from "../tiny.ts";

/** Starts a review of a night; its `send` sends raw bytes. */
async function startServer(
  { openFiles }: { readonly openFiles?: number } = {},
) {
  const folder = temporaryFolder();
  await writeNight(folder.path);
  const review = await startReview(folder.path, [], { openFiles })
    .catch((error) => {
      folder[Symbol.dispose]();
      throw error;
    });
  const { port, pathname } = new URL(review.url);
  const token = pathname.slice(1, -1);
  return {
    folder: folder.path,
    review,
    token,
    port: Number(port),
    /** Sends a request with `Connection: close`; returns the response. */
    send: (text: string) => send(Number(port), text),
    async [Symbol.asyncDispose]() {
      await review[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

async function send(
  port: number,
  text: string,
  isEnough = (_response: string) => false,
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(1 << 16);
  let response = "";
  try {
    await connection.write(new TextEncoder().encode(text));
    for (let read; (read = await connection.read(buffer)) !== null;) {
      response += new TextDecoder().decode(buffer.subarray(0, read));
      if (isEnough(response)) break;
    }
  } catch (error) {
    // The server resets a connection on which it has not read everything.
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
  }
  return response;
}

const parseStatus = (response: string) =>
  Number(/^HTTP\/1\.\d (\d+)/.exec(response)?.[1]);

Deno.test("review server refuses malformed requests and reads no other file", async () => {
  await using server = await startServer();
  const { token, port } = server;
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
  const responses = await Promise.all(refused.map(server.send));
  responses.forEach((response, k) => {
    const request = refused[k]!.slice(0, 120);
    // The server closes the connection on bytes that are no request.
    const status = response === "" ? 400 : parseStatus(response);
    const start = response.slice(0, 200);
    assert(status >= 400 && status < 500, `${request}: ${start}`);
    assert(!/root:|SIMPLE/.test(response), request);
    assert(!response.includes(token), request);
  });
  assertEquals(
    parseStatus(
      await server.send(`GET /${token}/ HTTP/1.1\r\n${host}${close}`),
    ),
    200,
  );
});

Deno.test("review server accepts no label from a form or script of another page", async () => {
  await using server = await startServer();
  const { token, port } = server;
  const post = (headers: string, body: string) =>
    server.send(
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
      // A form submitted from another page is a navigation, as a link is.
      "Content-Type: text/plain\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
    ]
  ) {
    const status = parseStatus(await post(headers, order));
    assert([403, 415].includes(status), `${headers}: ${status}`);
  }
  const names = await Array.fromAsync(Deno.readDir(server.folder));
  assertEquals(names.some(({ name }) => !name.endsWith(".fits")), false);
  assertEquals(parseStatus(await post(json, order)), 200);
  const after = await Array.fromAsync(Deno.readDir(server.folder));
  assertEquals(
    after.map(({ name }) => name).filter((name) => !name.endsWith(".fits")),
    ["spit-labels.csv"],
  );
});

Deno.test("review server limits bodies: huge or endless ones block no other request and no shutdown", async () => {
  await using server = await startServer();
  const { token, port } = server;
  const head = `POST /${token}/label HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    "Content-Type: application/json\r\n";
  const huge = `${head}Content-Length: 10000000\r\n\r\n${"x".repeat(1e6)}`;
  const hasHeaders = (response: string) => response.includes("\r\n\r\n");
  assertEquals(parseStatus(await send(port, huge, hasHeaders)), 400);

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
  const page = await fetch(server.review.url);
  await page.body?.cancel();
  assertEquals(page.status, 200);
  // The server waits 10 s for each body.
  assert(performance.now() - start < 5000, "the page waits for other requests");
  const ending = server.review.end("SIGTERM");
  const late = new Promise<null>((wake) => setTimeout(() => wake(null), 8000));
  const ended = await Promise.race([ending, late]);
  for (const connection of connections) connection.close();
  assertEquals(ended?.code, 0, "the server waits for bodies that never end");
});

Deno.test("no broken request ends the review server", async () => {
  await using server = await startServer();
  const { token, port } = server;
  const host = `Host: 127.0.0.1:${port}\r\n`;
  const post = `POST /${token}/label HTTP/1.1\r\n${host}` +
    "Content-Type: application/json\r\n";
  const requests = [
    `${post}Content-Length: 500\r\n\r\n{`,
    `${post}Content-Length: 500\r\n\r\n`,
    `${post}Content-Length: 99999999999999999999\r\n\r\n{`,
    `${post}Content-Length: -1\r\n\r\n{`,
    `${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
    `${post}Transfer-Encoding: chunked\r\n\r\n5\r\n{"i`,
    `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{"i`,
    `${post}Transfer-Encoding: chunked\r\n\r\n-5\r\n{"i`,
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    `${post}Transfer-Encoding: gzip\r\n\r\n{}`,
    `${post}Expect: 100-continue\r\nContent-Length: 500\r\n\r\n`,
    `${post}Content-Type: multipart/form-data\r\n\r\n`,
    `GET /${token}/ HTTP/1.1\r\n${host}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
    `GET /${token}/ HTTP/1.1\r\n${host}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n\r\n`,
    `GET /${token}/ HTTP/1.1\r\n${host}\r\n`.repeat(50),
    `GET /${token}/changes/9999 HTTP/1.1\r\n${host}\r\n`,
    `GET /${token}/frame/0 HTTP/1.1\r\n${host}\r\n`,
    `GET /${token}/%ff%00%zz HTTP/1.1\r\n${host}\r\n`,
    `GET /${token}/\x00 HTTP/1.1\r\n${host}\r\n`,
    `GET /${"x".repeat(1 << 17)} HTTP/1.1\r\n${host}\r\n`,
    `GET /${token}/ HTTP/9.9\r\n${host}\r\n`,
    `GET /${token}/ HTTP/1.1\r\n: x\r\n\x01: \x02\r\n\r\n`,
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET",
    "",
    "\r\n\r\n\r\n",
    "\x00".repeat(1000),
  ];
  // A label that is cut at any place.
  const label = `${post}Content-Length: 23\r\n\r\n{"id":0,"label":"science"}`;
  for (let end = 1; end < label.length; end += 5) {
    requests.push(label.slice(0, end));
  }
  for (const request of requests) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(request));
    connection.close();
  }
  // Its response shows that the time limit of the requests above has passed.
  const late = await server.send(`${post}Content-Length: 500\r\n\r\n{`);
  assert(late === "" || [400, 408].includes(parseStatus(late)), late);
  const page = await fetch(server.review.url);
  await page.body?.cancel();
  assertEquals(page.status, 200);
  const { code, err } = await server.review.end("SIGTERM");
  assertEquals(code, 0, err);
  assert(!/error|uncaught|^ +at /im.test(err), err);
});

Deno.test("review server answers a malformed Host or address with 400 or 403, not 500", async () => {
  await using server = await startServer();
  const { token, port } = server;
  const hosts = [
    ...["[", "[::1", "127.0.0.1:99999", "127.0.0.1:x", "a b", "%", "@", "\\"],
    ...["http://127.0.0.1", "127.0.0.1/", "", "ſ", "\xff", "127.0.0.1, x"],
  ];
  const requests = [
    ...hosts.map((host) => `GET /${token}/ HTTP/1.1\r\nHost: ${host}\r\n`),
    `GET /${token}/ HTTP/1.1\r\n`,
    `GET /${token}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: x\r\n`,
    ...["http://[/", "http://", "//", "://", "\\\\x", "*", "?", "#"].map(
      (path) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`,
    ),
  ];
  for (const request of requests) {
    const response = await server.send(request + "Connection: close\r\n\r\n");
    const status = response === "" ? 400 : parseStatus(response);
    assert(status >= 400 && status < 500, `${request}: ${response}`);
  }
});

Deno.test({
  name: "review server survives more connections than it can have open",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer({ openFiles: 80 });
    const { token, port } = server;
    // At once, so that as many as possible are accepted before others are closed.
    const connections = await Promise.all(Array.from(
      { length: 20 },
      () => Deno.connect({ hostname: "127.0.0.1", port }),
    ));
    for (let k = 0; k < 90; k++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connections.push(connection);
      if (k % 2 === 0) continue;
      // A connection that the server has closed cannot be written to.
      const text = "GET / HTTP/1.1\r\nHo";
      await connection.write(new TextEncoder().encode(text)).catch(() => {});
    }
    const text = `GET /${token}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
      "Connection: close\r\n\r\n";
    assertEquals(parseStatus(await server.send(text)), 200);
    for (const connection of connections) connection.close();
    assertEquals(parseStatus(await server.send(text)), 200);
    const { code, err } = await server.review.end("SIGTERM");
    assertEquals(code, 0, err);
    assert(!/error|uncaught|^ +at /im.test(err), err);
  },
});

Deno.test("review server keeps 16 connections, and those with the secret when there are more", async () => {
  await using server = await startServer();
  const { token, port } = server;
  const request = `GET /${token}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  const buffer = new Uint8Array(1 << 16);
  using page = await Deno.connect({ hostname: "127.0.0.1", port });
  const load = async () => {
    await page.write(new TextEncoder().encode(request));
    let response = "";
    while (!response.includes("</html>")) {
      const read = await page.read(buffer);
      if (read === null) return "closed";
      response += new TextDecoder().decode(buffer.subarray(0, read));
    }
    return response;
  };
  assertEquals(parseStatus(await load()), 200);
  const others: Deno.Conn[] = [];
  let open = 0;
  const ended: Promise<void>[] = [];
  const start = performance.now();
  for (let k = 0; k < 40; k++) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    others.push(connection);
    open++;
    const end = connection.read(new Uint8Array(1)).catch(() => null);
    ended.push(end.then(() => void open--));
  }
  // A closed connection ends the read of its client. The time limit for headers is 5 s.
  await Promise.all(ended.slice(0, 25));
  assert(performance.now() - start < 4500, "the time limit closes them");
  assertEquals(parseStatus(await load()), 200);
  assert(open > 0 && open <= 15, `${open} other connections`);
  for (const connection of others) connection.close();
  await Promise.all(ended);
});

Deno.test({
  name: "review is refused when the process may open too few files",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { message } = await assertRejects(() =>
      startServer({ openFiles: 60 })
    );
    assertMatch(
      message,
      /^error: the process may open too few files: review needs 48 more, of which \d+ are left\. Raise the limit \(ulimit -n\)\n$/m,
    );
    assert(!/^ +at /m.test(message), message);
  },
});

Deno.test("review server closes connections without a request", async () => {
  await using server = await startServer();
  assertEquals(await server.send(""), "");
});

Deno.test("review server listens on the loopback interface only, with strict headers", async () => {
  await using server = await startServer();
  for (const { address, family } of Deno.networkInterfaces()) {
    if (family !== "IPv4" || address.startsWith("127.")) continue;
    const reached = await Deno.connect({ hostname: address, port: server.port })
      .then((connection) => (connection.close(), true), () => false);
    assertEquals(reached, false, address);
  }
  for (const path of ["", "app.js", "changes/0", "frame/0", "nothing"]) {
    const answer = await fetch(server.review.url + path);
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
    "review --open passes the secret in a private file, not on a command line",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = temporaryFolder();
    await writeNight(folder.path);
    using tools = temporaryFolder();
    const record = `${tools.path}/record`;
    // Replaces the browser: records its argument, and the mode and content of the file.
    const script = `#!/bin/sh
file="\${1#file://}"
{ echo "$1"; stat -c %a "$file"; cat "$file"; } > ${record}.new
mv ${record}.new ${record}
`;
    await Deno.writeTextFile(`${tools.path}/xdg-open`, script, { mode: 0o755 });
    await using review = await startReview(folder.path, ["--open"], {
      run: "--allow-run=xdg-open",
      env: { PATH: `${tools.path}:${Deno.env.get("PATH")}` },
    });
    const recorded = await readWhenPresent(record);
    const [address, mode, ...page] = recorded.split("\n");
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

async function readWhenPresent(path: string): Promise<string> {
  for (let k = 0; k < 100; k++) {
    try {
      return await Deno.readTextFile(path);
    } catch {
      await new Promise((wake) => setTimeout(wake, 50));
    }
  }
  throw new Error(`${path} was not written`);
}
