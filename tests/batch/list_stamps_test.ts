import { assertEquals } from "@std/assert";
import { listStamps } from "../../lib/batch/list_stamps.ts";
import { temporaryFolder } from "../tiny.ts";

Deno.test({
  name:
    "a pipe that is named like a frame is none: to read it would take for ever",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    await new Deno.Command("mkfifo", { args: [at("pipe.fits")] }).output();
    Deno.writeTextFileSync(at("a.fits"), "SIMPLE");
    const { files, closed } = await listStamps([folder.path, at("absent")]);
    assertEquals([...files.keys()], [at("a.fits")]);
    assertEquals([...closed], [[at("absent"), "it is not there"]]);
  },
});
