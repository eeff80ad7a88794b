import { assert, assertEquals, assertMatch } from "@std/assert";
import { startHook } from "../../lib/batch/hook.ts";
import { temporaryFolder } from "../tiny.ts";

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "a hook gets each text whole, one after the other",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const told: string[] = [];
    using hook = startHook(`sleep 0.05; cat >> '${folder.path}/got'`, {
      limit: 10,
      notice: (message) => told.push(message),
    });
    const texts = ["$(touch never) `x` \"'\n", "two\n", "three\n"];
    for (const text of texts) hook.run(text);
    await hook.ended();
    assertEquals(Deno.readTextFileSync(`${folder.path}/got`), texts.join(""));
    assertEquals(told, []);
  },
});

Deno.test({
  name: "a hook that fails, is no command, or reads nothing, ends nothing",
  ignore,
  async fn() {
    const told: string[] = [];
    const notice = (message: string) => told.push(message);
    for (const command of ["exit 3", "true", "kill -9 $$", "((("]) {
      using hook = startHook(command, { limit: 10, notice });
      hook.run("x".repeat(1000));
      await hook.ended();
    }
    assertEquals(told.length, 3);
    assertEquals(told[0], "the hook failed with 3: exit 3");
    assertEquals(told[1], "the hook died of SIGKILL: kill -9 $$");
    assertMatch(told[2]!, /^the hook failed with \d+: \(\(\($/);
  },
});

Deno.test({
  name:
    "a hook that hangs is ended with all that it started, and the next one runs",
  ignore,
  async fn() {
    using folder = temporaryFolder();
    const told: string[] = [];
    const late = `${folder.path}/late`;
    using hook = startHook(
      `read line; test "$line" = go || { (sleep 1; touch '${late}') & sleep 60; }`,
      { limit: 0.3, notice: (message) => told.push(message) },
    );
    const start = performance.now();
    hook.run("hang\n");
    hook.run("go\n");
    await hook.ended();
    assert(performance.now() - start < 5000);
    assertEquals(told.length, 1);
    assertMatch(told[0]!, /^the hook was ended after 0\.3 s: /);
    await new Promise((later) => setTimeout(later, 1000));
    await Deno.lstat(late).then(
      () => assert(false, "a child of the hook went on"),
      () => {},
    );
  },
});
