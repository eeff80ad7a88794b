/** Imports what `deno publish` would publish from a server, as a user would. */
import { assertEquals } from "@std/assert";
import { dirname, join } from "../../lib/std.ts";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { addonFolder } from "../../lib/model/cuda.ts";
import "../../lib/model/onnx_session.ts";
import { encodeFits } from "../../lib/fits/write_fits.ts";
import { lopsidedPlane, temporaryFolder } from "../tiny.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  ts: "application/typescript",
  tsx: "text/tsx",
  js: "text/javascript",
  json: "application/json",
  wasm: "application/wasm",
};

/** Serves only the published files. */
function servePackage() {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const path = new URL(request.url).pathname.slice(1);
      const published = config.publish.include.some((entry) =>
        entry === path || entry.endsWith("/") && path.startsWith(entry)
      );
      if (!published) return new Response("not published", { status: 404 });
      const type = TYPES[path.split(".").at(-1)!] ?? "text/plain";
      return new Response(await Deno.readFile(join(ROOT, path)), {
        headers: { "content-type": type },
      });
    },
  );
  return {
    host: `127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("the published package, imported from a server, classifies frames in workers", async () => {
  await using server = servePackage();
  using folder = temporaryFolder();
  const { path } = folder;
  const plane = lopsidedPlane();
  for (const name of ["a.fits", "b.fits"]) {
    await Deno.writeFile(join(path, name), encodeFits([{ cards: [], plane }]));
  }
  // An empty cache for the fetched modules, but with the npm packages of the real one.
  let packages = addonFolder()!;
  while (!packages.endsWith("npm")) packages = dirname(packages);
  await Deno.mkdir(join(path, "cache"));
  await Deno.symlink(packages, join(path, "cache", "npm"));
  const { imports } = config;
  await Deno.writeTextFile(
    join(path, "deno.json"),
    JSON.stringify({ imports, nodeModulesDir: "none" }),
  );
  await Deno.writeTextFile(
    join(path, "classify.ts"),
    `import { classifyFiles } from "http://${server.host}/mod.ts";
    for await (const { model, error } of classifyFiles(["a.fits", "b.fits"], { workers: 1 })) {
      console.log(model.split("@")[0], error);
    }`,
  );
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-lock", "--no-check"],
      ...["--allow-read", "--allow-ffi"],
      "--allow-env=ORT_DISABLE_TELEMETRY",
      ...[`--allow-net=${server.host}`, `--allow-import=${server.host}`],
      "classify.ts",
    ],
    cwd: path,
    env: { NO_COLOR: "1", DENO_DIR: join(path, "cache") },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(
    text(stdout),
    "spit-compact null\nspit-compact null\n",
    text(stderr),
  );
});
