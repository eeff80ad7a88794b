import { assertEquals } from "@std/assert";
import { startProgress } from "../../lib/output/progress.ts";

Deno.test("progress: the line is redrawn in place with speed and remaining time, and cleared", () => {
  let clock = 1000, screen = "";
  const progress = startProgress(4000, (text) => screen += text, () => clock);
  progress.draw(0);
  clock += 2000;
  progress.draw(1);
  progress.clear();
  assertEquals(screen.split("\r\x1b[K"), [
    "",
    "0/4000  0 %",
    "1/4000  0 %  0.5 frames/s  2:13:18 left",
    "",
  ]);
});
