import { assert, assertEquals, assertMatch } from "@std/assert";
import { startHook } from "../../lib/batch/hook.ts";
import { temporaryFolder } from "../tiny.ts";

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "a hook gets each text on its standard input, one run at a time",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const notices: string[] = [];
    using hook = startHook(`sleep 0.05; cat >> '${folder.path}/got'`, {
      limit: 10,
      notice: (message) => notices.push(message),
    });
    const texts = ["$(touch never) `x` \"'\n", "two\n", "three\n"];
    for (const text of texts) hook.run(text);
    await hook.finished();
    assertEquals(Deno.readTextFileSync(`${folder.path}/got`), texts.join(""));
    assertEquals(notices, []);
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
      hook.run("x".repeat(1000));
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
      `read line; test "$line" = go || { sleep 600 > '${pipe}' & sleep 600; }`,
      { limit: 2, notice: (message) => notices.push(message) },
    );
    const start = performance.now();
    hook.run("hang\n");
    hook.run("go\n");
    assertEquals(await Deno.readTextFile(pipe), "");
    await hook.finished();
    assert(performance.now() - start < 60_000);
    assertEquals(notices.length, 1);
    assertMatch(notices[0]!, /^the hook was killed after 2 s: /);
  },
});
