import { assert, assertEquals } from "@std/assert";
import { selectFrames } from "../../scripts/nats/frames.ts";
import { rehearse } from "../../scripts/nats/rehearsal.ts";
import { NATS_SERVER } from "../../scripts/nats/server.ts";
import { temporaryFolder, TINY } from "../tiny.ts";

Deno.test({
  name: "three workers are killed at random: each frame has one row in the end",
  ignore: NATS_SERVER === undefined,
  async fn() {
    using folder = temporaryFolder();
    const outcome = await rehearse({
      folder: folder.path,
      model: TINY,
      frames: 300,
      kills: 8,
      seed: 1,
      // Much longer than a busy machine delays the reports of progress.
      ackWait: 3,
      rest: 0.1,
    });
    const { frames, merged, deadLetters, notices } = outcome;
    assert(outcome.kills > 3, `${outcome.kills} kills`);
    assertEquals([outcome.code, outcome.left], [0, 0], notices);
    assertEquals(
      merged.map(({ file }) => file),
      [...frames.keys()].sort(),
    );
    for (const { file, type, error } of merged) {
      const kind = frames.get(file);
      const what = `${kind}: ${file} ${type} ${error?.code}`;
      if (kind === "valid" || kind === "late") assertEquals(type, "bias", what);
      if (kind === "broken") assertEquals(error?.code, "truncated_data", what);
      // `worker_lost` if a kill interrupts the last of the five attempts.
      if (kind === "missing") {
        assert(["not_found", "worker_lost"].includes(error!.code), what);
      }
      if (kind === "deadly") assertEquals(error?.code, "worker_lost", what);
    }
    // The frame is tried five times. A kill by the test can replace one attempt, and
    // nats-server 2.9 sometimes counts one delivery too few. No other sound frame
    // becomes a dead letter.
    const { deaths } = outcome;
    assert(deaths >= 3 && deaths <= 6, `${deaths} deaths`);
    const deadFiles = deadLetters.filter((text) => text.startsWith('{"file"'))
      .map((text): string => JSON.parse(text).file);
    assertEquals(deadLetters.length - deadFiles.length, outcome.nameless);
    for (const kind of ["missing", "deadly"] as const) {
      for (const file of selectFrames(frames, kind)) {
        assert(deadFiles.includes(file));
      }
    }
    for (const file of deadFiles) {
      assert(
        ["missing", "removed", "deadly"].includes(frames.get(file)!),
        file,
      );
    }
    assertEquals(new Set(deadFiles).size, deadFiles.length);
  },
});
