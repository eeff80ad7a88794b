import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { gzipSync } from "node:zlib";
import { SpitError } from "../../lib/errors.ts";
import { imageHdus, openFits } from "../../lib/fits/open_fits.ts";
import {
  hideSecrets,
  type HttpOptions,
  isInternalHost,
  isUrl,
  openUrlSource,
  readUrlVersion,
} from "../../lib/io/http.ts";
import { evenPlane, fitsOf } from "../tiny.ts";

const FILE = Uint8Array.from({ length: 100_000 }, (_, k) => k * 7919 % 251);

type Responder = (request: Request, attempt: number) => Response;

/** Starts a server with the responses of a test, and records the requests. */
function startServer(respond: Responder) {
  const requests: { method: string; headers: Headers; time: number }[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, onError: () => cut([]) },
    (request) => {
      const { method, headers } = request;
      const time = performance.now();
      requests.push({ method, headers: new Headers(headers), time });
      return respond(request, requests.length);
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/night/r1.fits`;
  const get = async (options: HttpOptions = {}) => {
    const source = await openUrlSource(url, { backoff: 1, ...options });
    const bytes = new Uint8Array(source.maxLength);
    assertEquals(await source.readInto(0, bytes), bytes.length);
    return bytes;
  };
  return {
    url,
    requests,
    get,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A response that breaks off after some bytes. */
function cut(chunks: Uint8Array[], headers: HeadersInit = {}): Response {
  const left = [...chunks];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.error(new Deno.errors.ConnectionReset());
    },
  });
  return new Response(body, { headers });
}

async function errorOf(getting: Promise<unknown>): Promise<SpitError> {
  return await assertRejects(() => getting, SpitError);
}

Deno.test("a file is received unchanged in one request", async () => {
  await using server = startServer(() => new Response(FILE));
  assertEquals(await server.get(), FILE);
  assertEquals(server.requests.length, 1);
  assertEquals(server.requests[0]!.headers.get("accept-encoding"), "identity");
});

Deno.test("an interrupted download continues where it broke off", async () => {
  await using server = startServer((request, attempt) => {
    const headers = { etag: '"one"' };
    if (attempt === 1) return cut([FILE.slice(0, 3000)], headers);
    const start = Number(/\d+/.exec(request.headers.get("range")!)![0]);
    return new Response(FILE.slice(start), {
      status: 206,
      headers: {
        ...headers,
        "content-range": `bytes ${start}-${FILE.length - 1}/${FILE.length}`,
      },
    });
  });
  assertEquals(await server.get(), FILE);
  const [, second] = server.requests;
  assertEquals(second!.headers.get("range"), "bytes=3000-");
  assertEquals(second!.headers.get("if-range"), '"one"');
  assertEquals(server.requests.length, 2);
});

Deno.test("an interrupted download restarts when the server cannot continue or the file changed", async () => {
  for (const etag of ['"one"', 'W/"one"', null]) {
    const headers: HeadersInit = etag === null ? {} : { etag };
    await using server = startServer((_, attempt) =>
      attempt === 1
        ? cut([FILE.slice(0, 3000).reverse()], headers)
        : new Response(FILE, { headers: { etag: '"two"' } })
    );
    assertEquals(await server.get(), FILE);
    assertEquals(
      server.requests[1]!.headers.has("range"),
      etag === '"one"',
    );
  }
});

Deno.test("a response with another range than requested is discarded", async () => {
  await using server = startServer((_, attempt) => {
    if (attempt === 1) return cut([FILE.slice(0, 3000)], { etag: '"one"' });
    const headers = { "content-range": "bytes 0-9/10" };
    return attempt === 2
      ? new Response(FILE.slice(0, 10), { status: 206, headers })
      : new Response(FILE);
  });
  assertEquals(await server.get(), FILE);
  assertEquals(server.requests.length, 3);
});

Deno.test("a busy server is asked again after a wait that doubles", async () => {
  await using server = startServer((_, attempt) =>
    attempt < 5 ? new Response("busy", { status: 503 }) : new Response(FILE)
  );
  assertEquals(await server.get({ backoff: 20 }), FILE);
  const times = server.requests.map(({ time }) => time);
  assertEquals(times.length, 5);
  // At least half of the backoff; timers may fire up to 1 ms early.
  for (let k = 0; k < 4; k++) {
    const wait = times[k + 1]! - times[k]!;
    assert(wait >= 10 * 2 ** k - 1, `${wait} ms before attempt ${k + 2}`);
  }
});

Deno.test("a server that stays busy is unreachable, and the message does not contain the URL", async () => {
  await using server = startServer(() => new Response("", { status: 503 }));
  const error = await errorOf(server.get());
  assertEquals(error.code, "unreachable");
  assertEquals(error.message, "the server responded 503; tried 5 times");
  assertEquals([server.requests.length, error.file], [5, server.url]);
});

Deno.test("Retry-After is honoured, in seconds and as a date", async () => {
  for (const makeValue of [() => "1", () => inSeconds(2)]) {
    await using server = startServer((_, attempt) =>
      attempt === 1
        ? new Response("", {
          status: 429,
          headers: { "retry-after": makeValue() },
        })
        : new Response(FILE)
    );
    assertEquals(await server.get(), FILE);
    const [first, second] = server.requests;
    // Dates are in whole seconds; timers may fire up to 1 ms early.
    const wait = second!.time - first!.time;
    assert(wait >= 990, `${wait} ms`);
  }
});

/** Returns the date some seconds from now, rounded down to whole seconds. */
function inSeconds(seconds: number): string {
  return new Date(Date.now() + 1000 * seconds).toUTCString();
}

Deno.test("a Retry-After of more than 30 s ends the download at once", async () => {
  for (const value of ["31", "3600", inSeconds(3600)]) {
    const headers = { "retry-after": value };
    await using server = startServer(() =>
      new Response("", { status: 503, headers })
    );
    const error = await errorOf(server.get());
    assertEquals([error.code, server.requests.length], ["unreachable", 1]);
    assertMatch(
      error.message,
      /^the server responded 503 and asks to retry after \d+ s$/,
    );
  }
});

Deno.test("a download takes the memory of its bytes, however many chunks they are in", async () => {
  const chunks = 1_000_000;
  let [least, most] = [Infinity, 0];
  // A stream would take most of the time.
  async function* body() {
    for (let k = 0; k < chunks; k++) {
      if (k % 50_000 === 0) {
        const { heapUsed, external } = Deno.memoryUsage();
        least = Math.min(least, heapUsed + external);
        most = Math.max(most, heapUsed + external);
      }
      yield Uint8Array.of(k);
    }
  }
  const { fetch } = globalThis;
  const response = { status: 200, headers: new Headers(), body: body() };
  globalThis.fetch = () => Promise.resolve(response as unknown as Response);
  try {
    const source = await openUrlSource("http://a.example/r1.fits");
    assertEquals([source.maxLength, source.memory], [chunks, chunks]);
    const last = new Uint8Array(1);
    await source.readInto(chunks - 1, last);
    assertEquals(last[0], (chunks - 1) % 256);
    source.close();
  } finally {
    globalThis.fetch = fetch;
  }
  // A timer or an array that is kept takes more than 200 bytes for each chunk.
  assert(most - least < 150e6, `${(most - least) / 1e6} MB`);
});

Deno.test("permanent errors are not retried", async () => {
  const cases = [
    [404, "not_found"],
    [410, "not_found"],
    [401, "no_permission"],
    [403, "no_permission"],
    [418, "io"],
  ] as const;
  for (const [status, code] of cases) {
    await using server = startServer(() => new Response("", { status }));
    const error = await errorOf(server.get());
    assertEquals([error.code, server.requests.length], [code, 1]);
    assertStringIncludes(error.message, `${status}`);
  }
});

Deno.test("a file larger than the limit, or endless, is refused", async () => {
  let sent = 0;
  const endless = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          sent += 1000;
          controller.enqueue(FILE.slice(0, 1000));
        },
      }),
    );
  for (const respond of [endless, () => new Response(FILE)]) {
    await using server = startServer(respond);
    const error = await errorOf(server.get({ maxBytes: 50_000 }));
    assertEquals([error.code, server.requests.length], ["too_large", 1]);
  }
  // More than the limit is sent into buffers.
  assert(sent < 20_000_000, `${sent}`);
});

Deno.test("a server that stops sending is asked again", async () => {
  await using server = startServer((_, attempt) =>
    attempt > 1 ? new Response(FILE) : new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(FILE.slice(0, 10)),
      }),
    )
  );
  assertEquals(await server.get({ stall: 1000 }), FILE);
  assertEquals(server.requests.length, 2);
});

Deno.test("redirects are followed, but not endlessly", async () => {
  await using server = startServer((request) =>
    new URL(request.url).pathname === "/there"
      ? new Response(FILE)
      : Response.redirect(new URL("/there", request.url))
  );
  assertEquals(await server.get(), FILE);
  await using loop = startServer((request) => Response.redirect(request.url));
  const error = await errorOf(loop.get());
  assertEquals(error.code, "unreachable");
  assertStringIncludes(error.message, "redirects");
});

Deno.test("an HTML page in place of the file is refused; a file sent as text/html is accepted", async () => {
  const headers = { "content-type": "text/html; charset=utf-8" };
  await using server = startServer(() =>
    new Response("<!doctype html><title>Log in</title>", { headers })
  );
  const error = await errorOf(server.get());
  assertEquals(error.code, "not_fits");
  assertStringIncludes(error.message, "login");
  await using other = startServer(() => new Response(FILE, { headers }));
  assertEquals(await other.get(), FILE);
});

Deno.test("a server that does not respond is unreachable, and the message does not contain the password", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const url = `http://observer:secret@127.0.0.1:${port}/r1.fits`;
  const error = await errorOf(openUrlSource(url, { backoff: 1 }));
  assertEquals(error.code, "unreachable");
  assertMatch(error.message, /refused/i);
  assert(!error.message.includes("secret"));
});

Deno.test("a password in the URL is sent to the server", async () => {
  await using server = startServer(() => new Response(FILE));
  const url = server.url.replace("//", "//observer:secret@");
  await openUrlSource(url);
  assertEquals(
    server.requests[0]!.headers.get("authorization"),
    `Basic ${btoa("observer:secret")}`,
  );
});

Deno.test("openFits() reads a frame from a URL, with and without compression", async () => {
  const fits = fitsOf([evenPlane(30, 20)], { OBJECT: "M 31" }).slice();
  const packed = new Uint8Array(gzipSync(fits));
  const responders: Responder[] = [
    () => new Response(fits),
    () => new Response(packed),
    // As many servers send files that end with .gz.
    () => new Response(packed, { headers: { "content-encoding": "gzip" } }),
  ];
  for (const respond of responders) {
    await using server = startServer(respond);
    using file = await openFits(`${server.url}.gz?token=1`);
    const [hdu] = imageHdus(file);
    const frame = await file.readFrame(hdu!.index);
    assertEquals([frame.width, frame.pixels[1]], [30, 1000]);
  }
});

Deno.test("readUrlVersion() returns the size and time that the server sends", async () => {
  const date = "Sat, 27 Aug 2016 03:14:15 GMT";
  await using server = startServer(() =>
    new Response(null, {
      headers: { "content-length": "2880", "last-modified": date },
    })
  );
  const version = await readUrlVersion(server.url);
  assertEquals(server.requests[0]!.method, "HEAD");
  assertEquals(version, { size: 2880, modified: Date.parse(date) });
  await using silent = startServer(() => new Response("", { status: 405 }));
  const unknown = { size: null, modified: null };
  assertEquals(await readUrlVersion(silent.url), unknown);
});

Deno.test("isUrl() accepts http and https only", () => {
  assert(isUrl("https://archive.org/r1.fits") && isUrl("HTTP://x/y"));
  for (const path of ["http", "ftp://x/y", "./http://x", "file:///x"]) {
    assert(!isUrl(path));
  }
});

Deno.test("hideSecrets() removes users, passwords and queries of all addresses", () => {
  const cases: [text: string, shown: string][] = [
    ["https://a.example/r1.fits?token=1#x", "https://a.example/r1.fits?…"],
    ["HTTP://u:p@a.example:80/r1.fits", "HTTP://a.example:80/r1.fits"],
    ["https://token@a.example?x", "https://a.example?…"],
    [
      "from https://a/1?t to https://u@b/2?t now",
      "from https://a/1?… to https://b/2?… now",
    ],
    [
      "(https://a/1?t=1), https://a/2?t=1: gone.",
      "(https://a/1?…), https://a/2?…: gone.",
    ],
    ["nights/r1.fits?x=1", "nights/r1.fits?x=1"],
    ["https://a.example/mail@b/r1.fits", "https://a.example/mail@b/r1.fits"],
  ];
  for (const [text, shown] of cases) assertEquals(hideSecrets(text), shown);
});

Deno.test("isInternalHost() recognizes this machine, links and private networks in any notation", async () => {
  const hosts = (urls: readonly string[]) =>
    urls.map((url) => new URL(`http://${url}/`).hostname);
  const internal = hosts([
    ...["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "127.1"],
    ...["0x7f000001", "2130706433", "0.0.0.0", "10.1.2.3", "172.31.0.1"],
    ...["192.168.1.1", "169.254.169.254", "100.64.0.1", "[::1]", "[::]"],
    ...["[::ffff:127.0.0.1]", "[::ffff:a00:1]", "[fe80::1]"],
    ...["[fd00:ec2::254]", "[64:ff9b::7f00:1]"],
  ]);
  for (const host of internal) {
    assertEquals(await isInternalHost(host), true, host);
  }
  const others = hosts([
    ...["archive.example", "localhost.example", "172.32.0.1", "11.0.0.1"],
    ...["169.253.0.1", "[2001:db8::1]", "127.0.0.1.example"],
  ]);
  for (const host of others) {
    assertEquals(await isInternalHost(host), false, host);
  }
});

Deno.test("redirects to another host of this machine or of a private network are refused", async () => {
  for (
    const target of [
      ...["http://localhost:1/x?token=1", "http://169.254.169.254/latest"],
      ...["http://[::1]:1/", "http://10.0.0.1/", "//192.168.1.1/reboot"],
    ]
  ) {
    await using server = startServer(() =>
      new Response(null, { status: 302, headers: { location: target } })
    );
    const error = await errorOf(server.get());
    assertEquals(error.code, "no_permission", target);
    assertStringIncludes(error.message, "which is not followed");
    assertEquals(error.message.includes("token"), false);
    assertEquals(server.requests.length, 1);
    assertEquals(await readUrlVersion(server.url), {
      size: null,
      modified: null,
    });
  }
});

Deno.test("redirects to anything but a web address are refused", async () => {
  for (
    const target of ["file:///etc/passwd", "data:,SIMPLE", "http://[", "blob:x"]
  ) {
    await using server = startServer(() =>
      new Response(null, { status: 307, headers: { location: target } })
    );
    assertEquals((await errorOf(server.get())).code, "io", target);
    assertEquals(server.requests.length, 1);
  }
});

Deno.test("a redirect keeps the credentials for the same server only", async () => {
  await using other = startServer((request) =>
    new Response(request.headers.get("authorization") ?? "none")
  );
  await using server = startServer((request) =>
    new URL(request.url).pathname === "/there"
      ? new Response(request.headers.get("authorization"))
      : Response.redirect(
        request.url.endsWith("?other")
          ? other.url
          : new URL("/there", request.url),
      )
  );
  const read = async (query: string) => {
    const url = server.url.replace("//", "//u:p@") + query;
    const source = await openUrlSource(url, { backoff: 1 });
    const bytes = new Uint8Array(source.maxLength);
    await source.readInto(0, bytes);
    return new TextDecoder().decode(bytes);
  };
  assertEquals(await read(""), `Basic ${btoa("u:p")}`);
  assertEquals(await read("?other"), "none");
});
