import { assertEquals } from "@std/assert";
import { surviveUncaughtErrors } from "../../lib/commands/terminal.ts";

Deno.test("surviveUncaughtErrors() reports an error that nothing has caught, and the process goes on", async () => {
  const notices: string[] = [];
  const promise = Promise.resolve();
  const reject = () => {
    const event = new PromiseRejectionEvent("unhandledrejection", {
      ...{ promise, reason: new Error("lost"), cancelable: true },
    });
    globalThis.dispatchEvent(event);
    return event.defaultPrevented;
  };
  {
    using _ = surviveUncaughtErrors((notice) => notices.push(notice));
    assertEquals(reject(), true);
    Promise.reject(new Error("real"));
    await new Promise((wake) => setTimeout(wake));
  }
  assertEquals(reject(), false);
  assertEquals(
    notices,
    ["lost", "real"].map((reason) =>
      `unexpected error, which is ignored: Error: ${reason}`
    ),
  );
});
