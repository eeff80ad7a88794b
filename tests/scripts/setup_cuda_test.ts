import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { SpitError } from "../../lib/errors.ts";
import {
  hasProvider,
  isOurProvider,
  RUNTIME_VERSION,
} from "../../lib/model/cuda.ts";
import {
  placeFromFolder,
  placeFromPackage,
} from "../../scripts/cuda/place_provider.ts";
import {
  fetchPackage,
  providerPackage,
} from "../../scripts/cuda/published_provider.ts";
import { fakeLibrary, fakeProvider, writeProvider } from "../fake_library.ts";
import { temporaryFolder } from "../tiny.ts";

const NAME = "Some.Package";

/** A package as NuGet has it, with the provider of another system beside ours. */
function packageOf(version: string): Uint8Array<ArrayBuffer> {
  const native = (system: string, provider: Uint8Array) => ({
    [`runtimes/${system}/native/libonnxruntime_providers_shared.so`]:
      fakeLibrary([]),
    [`runtimes/${system}/native/libonnxruntime_providers_cuda.so`]: provider,
  });
  return new Uint8Array(zipSync({
    "readme.txt": new TextEncoder().encode("read me"),
    ...native("linux-arm64", fakeProvider("0.0.0")),
    ...native("linux-x64", fakeProvider(version)),
  }));
}

/** A feed of one package; `hash` is what its catalogue says, if it has one. */
function serveFeed(bytes: Uint8Array<ArrayBuffer>, hash?: string) {
  const server = Deno.serve({ port: 0, onListen: () => {} }, (request) => {
    const { origin, pathname } = new URL(request.url);
    const id = NAME.toLowerCase();
    switch (pathname) {
      case "/index.json":
        return Response.json({
          resources: [
            { "@id": `${origin}/content`, "@type": "PackageBaseAddress/3.0.0" },
            {
              "@id": `${origin}/leaves/`,
              "@type": "RegistrationsBaseUrl/3.6.0",
            },
          ],
        });
      case `/content/${id}/1.2.3/${id}.1.2.3.nupkg`:
        return new Response(bytes);
      case `/leaves/${id}/1.2.3.json`:
        return Response.json({ catalogEntry: `${origin}/entry.json` });
      case "/entry.json":
        if (hash === undefined) break;
        return Response.json({
          packageHash: hash,
          packageHashAlgorithm: "SHA512",
        });
    }
    return new Response("no such thing", { status: 404 });
  });
  return {
    index: `http://localhost:${server.addr.port}/index.json`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function messageOf(placing: Promise<unknown>): Promise<string> {
  const { code, message } = await assertRejects(() => placing, SpitError);
  return `${code}: ${message}`;
}

Deno.test("the provider is taken from a folder, also from site-packages", async () => {
  using folder = temporaryFolder();
  const { path } = folder;
  writeProvider(`${path}/onnxruntime/capi`, RUNTIME_VERSION);
  Deno.mkdirSync(`${path}/there`);
  await placeFromFolder(path, `${path}/there`);
  assertEquals(
    [hasProvider(`${path}/there`), isOurProvider(`${path}/there`)],
    [true, true],
  );
  assertEquals([...Deno.readDirSync(`${path}/there`)].length, 2);
});

Deno.test("the provider of another onnxruntime is refused, and the one in place stays", async () => {
  using folder = temporaryFolder();
  const { path } = folder;
  writeProvider(`${path}/there`, RUNTIME_VERSION);
  writeProvider(`${path}/new`, "1.31.1");
  assertMatch(
    await messageOf(placeFromFolder(`${path}/new`, `${path}/there`)),
    new RegExp(
      `^no_device: the provider in .*/new is not that of onnxruntime ${RUNTIME_VERSION}`,
    ),
  );
  assertEquals(isOurProvider(`${path}/there`), true);
  assertEquals([...Deno.readDirSync(`${path}/there`)].length, 2);
});

Deno.test("a folder without it is refused", async () => {
  using folder = temporaryFolder();
  assertMatch(
    await messageOf(placeFromFolder(folder.path, folder.path)),
    /^no_device: .* lacks libonnxruntime_providers_shared\.so or libonnxruntime_providers_cuda\.so$/,
  );
});

Deno.test("the provider is taken from a package, that of our system", async () => {
  using folder = temporaryFolder();
  await placeFromPackage(packageOf(RUNTIME_VERSION), NAME, folder.path);
  assertEquals(isOurProvider(folder.path), true);

  assertMatch(
    await messageOf(
      placeFromPackage(zipSync({ a: new Uint8Array(1) }), NAME, folder.path),
    ),
    /^no_device: Some\.Package lacks libonnxruntime_providers_shared\.so$/,
  );
  assertMatch(
    await messageOf(placeFromPackage(new Uint8Array(9), NAME, folder.path)),
    /^io: Some\.Package is no package$/,
  );
});

Deno.test("a package is fetched and compared with the catalogue", async () => {
  const bytes = packageOf(RUNTIME_VERSION);
  const hash = createHash("sha512").update(bytes).digest("base64");
  await using feed = serveFeed(bytes, hash);
  const wanted = { index: feed.index, name: NAME, version: "1.2.3" };
  assertEquals(await fetchPackage(wanted), { bytes, compared: true });
  assertMatch(
    await messageOf(fetchPackage({ ...wanted, version: "1.2.4" })),
    /^io: cannot fetch http:.*some\.package\.1\.2\.4\.nupkg: status 404$/,
  );
});

Deno.test("a package that is not the catalogue's is refused; without a catalogue that is said", async () => {
  const bytes = packageOf(RUNTIME_VERSION);
  const wanted = { name: NAME, version: "1.2.3" };
  {
    await using feed = serveFeed(bytes, "not this");
    assertMatch(
      await messageOf(fetchPackage({ ...wanted, index: feed.index })),
      /^io: Some\.Package 1\.2\.3 came with SHA-512 .* the catalogue says not this/,
    );
  }
  await using feed = serveFeed(bytes);
  const { compared } = await fetchPackage({ ...wanted, index: feed.index });
  assertEquals(compared, false);
});

Deno.test("what to fetch is what the npm package's own script would", async () => {
  const { index, name, version } = await providerPackage();
  assertMatch(index, /^https:\/\//);
  assertEquals([name, version], [
    "Microsoft.ML.OnnxRuntime.Gpu.Linux",
    RUNTIME_VERSION,
  ]);
});

Deno.test({
  name: "a feed out of reach is one line, with the other way to get there",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using folder = temporaryFolder();
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "-A",
        fileURLToPath(new URL("../../scripts/setup_cuda.ts", import.meta.url)),
        ...["--into", folder.path],
        // Nobody listens at port 9 of a machine of today.
        ...["--index", "http://localhost:9/index.json"],
      ],
      env: { SPIT_ORT_LIBS: "" },
    }).output();
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    assertEquals([code, lines.length], [2, 2]);
    assertMatch(
      lines[1]!,
      /^error: cannot fetch http:\/\/localhost:9\/index\.json: .*; or take the provider .*--from, or SPIT_ORT_LIBS$/,
    );
    assertEquals([...Deno.readDirSync(folder.path)], []);
  },
});
