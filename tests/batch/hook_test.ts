import { assert, assertEquals, assertMatch } from "@std/assert";
import { startHook } from "../../lib/batch/hook.ts";
import { createRow, formatRow } from "../../lib/batch/rows.ts";
import { temporaryFolder } from "../tiny.ts";
import { makeVerdict, NO_CLAIM, type VerdictParts } from "../verdicts.ts";

const ignore = Deno.build.os === "windows";

function makeRow(file: string, parts: VerdictParts = {}) {
  return createRow(makeVerdict(file, parts), { size: 1, modified: 1 });
}

Deno.test({
  name: "a hook gets each row on its standard input, one run at a time",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const notices: string[] = [];
    using hook = startHook(`sleep 0.05; cat >> '${folder.path}/got'`, {
      limit: 10,
      notice: (message) => notices.push(message),
    });
    const rows = ["$(touch never) `x` \"'", "two", "three"]
      .map((file) => makeRow(file));
    for (const row of rows) hook.run(row);
    await hook.finished();
    assertEquals(
      Deno.readTextFileSync(`${folder.path}/got`),
      rows.map(formatRow).join(""),
    );
    assertEquals(notices, []);
  },
});

Deno.test({
  name: "a hook has the answer, but no text of the frame, in its environment",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    using hook = startHook(`env | grep ^SPIT_ | sort > '${folder.path}/got'`, {
      limit: 10,
      notice: () => {},
    });
    hook.run(makeRow("$(evil)", {
      type: "bias",
      subtype: "test",
      decided_by: ["pixels", "exposure"],
      agreement: "conflict",
      header: { ...NO_CLAIM, type: "arc", evidence: "OBJECT=`evil`" },
    }));
    await hook.finished();
    assertEquals(
      Deno.readTextFileSync(`${folder.path}/got`),
      "SPIT_AGREEMENT=conflict\nSPIT_DECIDED_BY=pixels exposure\n" +
        "SPIT_HEADER_TYPE=arc\nSPIT_SUBTYPE=test\nSPIT_TYPE=bias\nSPIT_USE=false\n",
    );
  },
});

Deno.test({
  name:
    "a hook that fails or ignores its input is reported and has no other effect",
  ignore,
  async fn() {
    const notices: string[] = [];
    const notice = (message: string) => notices.push(message);
    for (const command of ["exit 3", "true", "kill -9 $$", "((("]) {
      using hook = startHook(command, { limit: 10, notice });
      hook.run(makeRow("x".repeat(1000)));
      await hook.finished();
    }
    assertEquals(notices.length, 3);
    assertEquals(notices[0], "the hook failed with exit code 3: exit 3");
    assertEquals(notices[1], "the hook was killed by SIGKILL: kill -9 $$");
    assertMatch(notices[2]!, /^the hook failed with exit code \d+: \(\(\($/);
  },
});

Deno.test({
  name:
    "a hook that takes too long is killed with its children, and the next run starts",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const notices: string[] = [];
    // A reader of the pipe gets its end when all processes that write to it have ended.
    const pipe = `${folder.path}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    using hook = startHook(
      `grep -q '"file":"go"' || { sleep 600 > '${pipe}' & sleep 600; }`,
      { limit: 2, notice: (message) => notices.push(message) },
    );
    const start = performance.now();
    hook.run(makeRow("hang"));
    hook.run(makeRow("go"));
    assertEquals(await Deno.readTextFile(pipe), "");
    await hook.finished();
    assert(performance.now() - start < 60_000);
    assertEquals(notices.length, 1);
    assertMatch(notices[0]!, /^the hook was killed after 2 s: /);
  },
});
