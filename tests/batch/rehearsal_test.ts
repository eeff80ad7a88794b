import { assert, assertEquals } from "@std/assert";
import { framesOf } from "../../scripts/nats/made_frames.ts";
import { rehearse } from "../../scripts/nats/rehearsal.ts";
import { NATS_SERVER } from "../../scripts/nats/server.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

Deno.test({
  name: "three workers, killed at random: each frame has one row in the end",
  ignore: NATS_SERVER === undefined,
  async fn() {
    using folder = temporaryFolder();
    const outcome = await rehearse({
      folder: folder.path,
      model: TINY,
      frames: 300,
      kills: 8,
      seed: 1,
      ackWait: 1,
      rest: 0.03,
    });
    const { frames, merged, dead, verdict } = outcome;
    assert(outcome.kills > 3, `${outcome.kills} kills`);
    assertEquals([outcome.code, outcome.left], [0, 0], verdict);
    assertEquals(
      merged.map(({ file }) => file),
      [...frames.keys()].sort(),
    );
    for (const { file, type, error } of merged) {
      const kind = frames.get(file);
      const what = `${kind}: ${file} ${type} ${error?.code}`;
      if (kind === "sound" || kind === "late") assertEquals(type, "bias", what);
      if (kind === "broken") assertEquals(error?.code, "truncated_data", what);
      if (kind === "never") assertEquals(error?.code, "not_found", what);
      if (kind === "deadly") assertEquals(error?.code, "worker_lost", what);
    }
    // Five times it is tried; one of our kills may come first, and a server that
    // forgets a delivery adds one. It takes no other frame to the dead.
    const { deaths } = outcome;
    assert(deaths >= 3 && deaths <= 6, `${deaths} deaths`);
    const buried = dead.filter((text) => text.startsWith('{"file"'))
      .map((text): string => JSON.parse(text).file);
    assertEquals(dead.length - buried.length, outcome.nameless);
    for (const kind of ["never", "deadly"] as const) {
      for (const file of framesOf(frames, kind)) assert(buried.includes(file));
    }
    for (const file of buried) {
      assert(["never", "going", "deadly"].includes(frames.get(file)!), file);
    }
    assertEquals(new Set(buried).size, buried.length);
  },
});
