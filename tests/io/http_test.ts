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
  type HttpOptions,
  isUrl,
  openUrlSource,
  readUrlVersion,
} from "../../lib/io/http.ts";
import { evenPlane, fitsOf } from "../tiny.ts";

const FILE = Uint8Array.from({ length: 100_000 }, (_, k) => k * 7919 % 251);

type Answer = (request: Request, tries: number) => Response;

/** A server that answers as a test says; what it was asked for; and how long the reader waited. */
function serverOf(answer: Answer) {
  const asked: { method: string; headers: Headers }[] = [];
  const waits: number[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {}, onError: () => cut([]) },
    (request) => {
      const { method, headers } = request;
      asked.push({ method, headers: new Headers(headers) });
      return answer(request, asked.length);
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/night/r1.fits`;
  const get = async (access: HttpOptions = {}) => {
    const wait = (milliseconds: number) => {
      waits.push(milliseconds);
      return Promise.resolve();
    };
    const source = await openUrlSource(url, { wait, ...access });
    const bytes = new Uint8Array(source.atMost);
    assertEquals(await source.readInto(0, bytes), bytes.length);
    return bytes;
  };
  return {
    url,
    asked,
    waits,
    get,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A body that breaks off behind some bytes. */
function cut(chunks: Uint8Array[], headers: HeadersInit = {}): Response {
  const left = [...chunks];
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = left.shift();
      await new Promise((wake) => setTimeout(wake, 5));
      if (chunk) controller.enqueue(chunk);
      else controller.error(new Deno.errors.ConnectionReset());
    },
  });
  return new Response(body, { headers });
}

async function errorOf(getting: Promise<unknown>): Promise<SpitError> {
  return await assertRejects(() => getting, SpitError);
}

Deno.test("a file comes as it lies on the server, at the first try", async () => {
  await using server = serverOf(() => new Response(FILE));
  assertEquals(await server.get(), FILE);
  assertEquals(server.waits, []);
  assertEquals(server.asked[0]!.headers.get("accept-encoding"), "identity");
});

Deno.test("what breaks off goes on where it did", async () => {
  await using server = serverOf((request, tries) => {
    const headers = { etag: '"one"' };
    if (tries === 1) return cut([FILE.slice(0, 3000)], headers);
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
  const [, second] = server.asked;
  assertEquals(second!.headers.get("range"), "bytes=3000-");
  assertEquals(second!.headers.get("if-range"), '"one"');
  assertEquals(server.asked.length, 2);
});

Deno.test("where the server cannot go on, or the file is another by now, it begins again", async () => {
  for (const etag of ['"one"', 'W/"one"', null]) {
    const headers: HeadersInit = etag === null ? {} : { etag };
    await using server = serverOf((_, tries) =>
      tries === 1
        ? cut([FILE.slice(0, 3000).reverse()], headers)
        : new Response(FILE, { headers: { etag: '"two"' } })
    );
    assertEquals(await server.get(), FILE);
    assertEquals(
      server.asked[1]!.headers.has("range"),
      etag === '"one"',
    );
  }
});

Deno.test("an answer to another part than that asked for is not taken", async () => {
  await using server = serverOf((_, tries) => {
    if (tries === 1) return cut([FILE.slice(0, 3000)], { etag: '"one"' });
    const headers = { "content-range": "bytes 0-9/10" };
    return tries === 2
      ? new Response(FILE.slice(0, 10), { status: 206, headers })
      : new Response(FILE);
  });
  assertEquals(await server.get(), FILE);
  assertEquals(server.asked.length, 3);
});

Deno.test("a server that is busy is asked again, later each time", async () => {
  await using server = serverOf((_, tries) =>
    tries < 5 ? new Response("busy", { status: 503 }) : new Response(FILE)
  );
  assertEquals(await server.get(), FILE);
  assertEquals(server.waits.length, 4);
  for (const [k, wait] of server.waits.entries()) {
    assert(wait >= 500 * 2 ** k && wait <= 1000 * 2 ** k, `${wait}`);
  }
});

Deno.test("one that stays busy is unreachable, and the message has no address", async () => {
  await using server = serverOf(() => new Response("", { status: 503 }));
  const error = await errorOf(server.get());
  assertEquals(error.code, "unreachable");
  assertEquals(error.message, "the server answers 503; tried 5 times");
  assertEquals([server.asked.length, error.file], [5, server.url]);
});

Deno.test("Retry-After is heeded, and an hour is not waited for", async () => {
  for (const [after, tries] of [["7", 2], ["3600", 1]] as const) {
    await using server = serverOf((_, tries) =>
      tries === 1
        ? new Response("", { status: 429, headers: { "retry-after": after } })
        : new Response(FILE)
    );
    await server.get().catch(({ code }) => assertEquals(code, "unreachable"));
    assertEquals(server.asked.length, tries);
    assertEquals(server.waits, tries === 2 ? [7000] : []);
  }
  await using server = serverOf((_, tries) => {
    const date = new Date(Date.now() + 9000).toUTCString();
    return tries === 1
      ? new Response("", { status: 503, headers: { "retry-after": date } })
      : new Response(FILE);
  });
  await server.get();
  assert(server.waits[0]! > 5000 && server.waits[0]! <= 9000);
});

Deno.test("what no second try mends is said at once", async () => {
  const cases = [
    [404, "not_found"],
    [410, "not_found"],
    [401, "no_permission"],
    [403, "no_permission"],
    [418, "io"],
  ] as const;
  for (const [status, code] of cases) {
    await using server = serverOf(() => new Response("", { status }));
    const error = await errorOf(server.get());
    assertEquals([error.code, server.asked.length], [code, 1]);
    assertStringIncludes(error.message, `${status}`);
  }
});

Deno.test("an endless or a too long file ends at the limit", async () => {
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
  for (const answer of [endless, () => new Response(FILE)]) {
    await using server = serverOf(answer);
    const error = await errorOf(server.get({ maxBytes: 50_000 }));
    assertEquals([error.code, server.asked.length], ["too_large", 1]);
  }
  // What lies between is that of buffers.
  assert(sent < 20_000_000, `${sent}`);
});

Deno.test("a server that falls silent is asked again", async () => {
  await using server = serverOf((_, tries) =>
    tries > 1 ? new Response(FILE) : new Response(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(FILE.slice(0, 10)),
      }),
    )
  );
  assertEquals(await server.get({ stall: 100 }), FILE);
  assertEquals(server.asked.length, 2);
});

Deno.test("redirections are followed, but not for ever", async () => {
  await using server = serverOf((request) =>
    new URL(request.url).pathname === "/there"
      ? new Response(FILE)
      : Response.redirect(new URL("/there", request.url))
  );
  assertEquals(await server.get(), FILE);
  await using loop = serverOf((request) => Response.redirect(request.url));
  const error = await errorOf(loop.get());
  assertEquals(error.code, "unreachable");
  assertStringIncludes(error.message, "redirects");
});

Deno.test("a page in place of a file is told of; a file under a page's name is a file", async () => {
  const headers = { "content-type": "text/html; charset=utf-8" };
  await using server = serverOf(() =>
    new Response("<!doctype html><title>Log in</title>", { headers })
  );
  const error = await errorOf(server.get());
  assertEquals(error.code, "not_fits");
  assertStringIncludes(error.message, "login");
  await using other = serverOf(() => new Response(FILE, { headers }));
  assertEquals(await other.get(), FILE);
});

Deno.test("no server: unreachable, without the address or its password", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  const wait = () => Promise.resolve();
  const url = `http://observer:secret@127.0.0.1:${port}/r1.fits`;
  const error = await errorOf(openUrlSource(url, { wait }));
  assertEquals(error.code, "unreachable");
  assertMatch(error.message, /refused/i);
  assert(!error.message.includes("secret"));
});

Deno.test("a password in the address goes to the server", async () => {
  await using server = serverOf(() => new Response(FILE));
  const url = server.url.replace("//", "//observer:secret@");
  await openUrlSource(url);
  assertEquals(
    server.asked[0]!.headers.get("authorization"),
    `Basic ${btoa("observer:secret")}`,
  );
});

Deno.test("a frame is read from its address, packed by whom ever", async () => {
  const fits = fitsOf([evenPlane(30, 20)], { OBJECT: "M 31" }).slice();
  const packed = new Uint8Array(gzipSync(fits));
  const answers: Answer[] = [
    () => new Response(fits),
    () => new Response(packed),
    // As many servers have it with files that end with .gz.
    () => new Response(packed, { headers: { "content-encoding": "gzip" } }),
  ];
  for (const answer of answers) {
    await using server = serverOf(answer);
    using file = await openFits(`${server.url}.gz?token=1`);
    const [hdu] = imageHdus(file);
    const frame = await file.readFrame(hdu!.index);
    assertEquals([frame.width, frame.pixels[0]], [30, 1000]);
  }
});

Deno.test("size and time of a file, as far as the server tells", async () => {
  const date = "Sat, 27 Aug 2016 03:14:15 GMT";
  await using server = serverOf(() =>
    new Response(null, {
      headers: { "content-length": "2880", "last-modified": date },
    })
  );
  const stamp = await readUrlVersion(server.url);
  assertEquals(server.asked[0]!.method, "HEAD");
  assertEquals(stamp, { size: 2880, modified: Date.parse(date) });
  await using silent = serverOf(() => new Response("", { status: 405 }));
  const unknown = { size: null, modified: null };
  assertEquals(await readUrlVersion(silent.url), unknown);
});

Deno.test("what is an address", () => {
  assert(isUrl("https://archive.org/r1.fits") && isUrl("HTTP://x/y"));
  for (const path of ["http", "ftp://x/y", "./http://x", "file:///x"]) {
    assert(!isUrl(path));
  }
});
