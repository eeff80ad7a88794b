import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import { SpitError } from "../../lib/errors.ts";
import { parseServerAddress } from "../../lib/batch/nats_connection.ts";

Deno.test("server addresses are parsed", () => {
  const cases = [
    ["nats://dome", { servers: ["dome:4222"], tls: false }],
    ["tls://dome:4443/", { servers: ["dome:4443"], tls: true }],
    ["nats://[::1]:5", { servers: ["[::1]:5"], tls: false }],
    ["nats://a, nats://b:1", { servers: ["a:4222", "b:1"], tls: false }],
    ["nats://s3cret@dome", {
      servers: ["dome:4222"],
      tls: false,
      token: "s3cret",
    }],
    [
      "tls://kast:a%2Cb%40@dome",
      { servers: ["dome:4222"], tls: true, user: "kast", pass: "a,b@" },
    ],
  ] as const;
  for (const [text, address] of cases) {
    assertEquals<unknown>(parseServerAddress(text), address);
  }
});

Deno.test("an invalid address is refused with a message that does not show its password", () => {
  const cases = [
    "",
    "kast:s3cret@dome:4222",
    "ws://kast:s3cret@dome",
    "nats://kast:s3cret@",
    "nats://kast:s3cret@dome/frames",
    "nats://kast:s3cret%@dome",
    "nats://kast:s3cret@a,tls://b",
    "nats://kast:s3cret@a,",
  ];
  for (const text of cases) {
    const { message } = assertThrows(() => parseServerAddress(text), SpitError);
    assert(message.includes("nats://HOST"), message);
    assert(!message.includes("s3cret"), message);
  }
});

Deno.test("any text gives an address or a usage error", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((rest) => `nats://${rest}`),
  );
  fc.assert(fc.property(texts, (text) => {
    try {
      assert(parseServerAddress(text).servers.length > 0);
    } catch (error) {
      assert(error instanceof SpitError && error.code === "usage");
    }
  }));
});
