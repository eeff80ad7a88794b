import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const CLI = fileURLToPath(new URL("../../cli.ts", import.meta.url));

/** A server with one frame. */
function archive() {
  const frame = fitsOf([evenPlane()], { OBSTYPE: "BIAS" }).slice();
  const modified = "Sat, 27 Aug 2016 03:14:15 GMT";
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) =>
      url.endsWith("/r1.fits")
        ? new Response(frame, { headers: { "last-modified": modified } })
        : new Response("", { status: 404 }),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    host,
    url: `http://${host}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function spit(
  folder: string,
  net: string | null,
  args: readonly string[],
) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-read", "--allow-ffi"],
      ...["--allow-env=ORT_DISABLE_TELEMETRY", `--allow-write=${folder}`],
      ...(net === null ? [] : [`--allow-net=${net}`]),
      ...[CLI, ...args, "--model", TINY, "--device=cpu"],
    ],
    cwd: folder,
    stderr: "null",
  }).output();
  const rows = new TextDecoder().decode(stdout).split("\n").slice(0, -1);
  return { code, rows: rows.map((row) => JSON.parse(row)) };
}

Deno.test("frames on a web server are classified, in the main thread and by workers", async () => {
  await using server = archive();
  using folder = temporaryFolder();
  const there = `${server.url}/r1.fits`;
  const list = [there, `${server.url}/r2.fits`, there, there].join("\n");
  Deno.writeTextFileSync(`${folder.path}/list.txt`, list);
  for (const workers of [0, 1]) {
    const options = ["--format=ndjson", `--workers=${workers}`];
    const args = ["@list.txt", ...options];
    const { code, rows } = await spit(folder.path, server.host, args);
    assertEquals(code, 0);
    assertEquals(rows.map(({ file }) => file), list.split("\n"));
    assertEquals(
      rows.map(({ type, error }) => error?.code ?? type),
      ["bias", "not_found", "bias", "bias"],
    );
  }
});

Deno.test("without network permission the row names the missing flag", async () => {
  await using server = archive();
  using folder = temporaryFolder();
  const args = [`${server.url}/r1.fits`, "--format=ndjson"];
  const { code, rows: [row] } = await spit(folder.path, null, args);
  assertEquals([code, row.error.code], [0, "no_permission"]);
  assertStringIncludes(row.error.message, `--allow-net=${server.host}`);
});

Deno.test("a redirect needs network permission for its host, too", async () => {
  await using there = archive();
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => Response.redirect(`${there.url}/r1.fits`),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  using folder = temporaryFolder();
  const args = [`http://${host}/r1.fits`, "--format=ndjson"];
  const refused = await spit(folder.path, host, args);
  assertEquals(refused.rows[0].error.code, "no_permission");
  assertStringIncludes(
    refused.rows[0].error.message,
    `--allow-net=${there.host}`,
  );
  const hosts = `${host},${there.host}`;
  const { rows } = await spit(folder.path, hosts, args);
  assertEquals(rows[0].type, "bias");
});

Deno.test("a row contains the address as given", async () => {
  await using server = archive();
  using folder = temporaryFolder();
  const url = `http://user:pass@${server.host}/none.fits?token=1`;
  const args = [url, "--format=ndjson"];
  const { rows: [row] } = await spit(folder.path, server.host, args);
  assertEquals([row.file, row.error.code], [url, "not_found"]);
  assertEquals(/pass|token/.test(row.error.message), false);
});

Deno.test("run skips frames of a server that have a row", async () => {
  await using server = archive();
  using folder = temporaryFolder();
  const args = ["run", `${server.url}/r1.fits`, "--out=rows"];
  const parts = () =>
    [...Deno.readDirSync(`${folder.path}/rows`)]
      .filter(({ name }) => name.endsWith(".part.ndjson"))
      .map(({ name }) => `${folder.path}/rows/${name}`);
  await spit(folder.path, server.host, args);
  const [part] = parts();
  const row = JSON.parse(Deno.readTextFileSync(part!));
  assertEquals([row.type, row.modified], ["bias", "2016-08-27T03:14:15.000Z"]);
  const { ino } = Deno.statSync(part!);
  await spit(folder.path, server.host, args);
  assertEquals(parts().map((path) => Deno.statSync(path).ino), [ino]);
});
