/**
 * What the review server answers.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { isLabel, type Label } from "../evaluation/label_line.ts";
import { CLIENT_FILES } from "./client_files.ts";
import type { Desk } from "./desk.ts";
import { pathFor, SAFE_HEADERS } from "./guard.ts";
import type { LookAt } from "./look_at.ts";

/** What the server works on. */
export interface Answering {
  /** What the address must begin with. */
  readonly token: string;
  /** The page, HTML. */
  readonly page: string;
  /** The frames. */
  readonly desk: Desk;
  /** Shows one of them. */
  readonly lookAt: LookAt;
  /** Writes a label; it is on the disk, and on the desk, when this is done. */
  readonly save: (file: string, label: Label | null) => Promise<void>;
  /** Comes when the server is to end. */
  readonly stop: AbortSignal;
}

/** Milliseconds that a request for changes waits for some. */
const PATIENCE = 20_000;

/** Milliseconds in which changes are gathered: frames are typed faster than a page can show them. */
const GATHER = 100;

/** Bytes of the longest request: a number and a label. */
const LONGEST = 1000;

/** Milliseconds in which one must have come. */
const BODY_PATIENCE = 10_000;

/**
 * Makes what answers requests. No path is taken from a request: frames go by
 * number. Only `POST label` writes, and only to the labels file.
 */
export function answering(
  server: Answering,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const path = pathFor(request, server.token);
    if (path === null) {
      return plain(403, "open the address that spit review has printed");
    }
    try {
      return await (request.method === "POST"
        ? write(server, path, request)
        : request.method === "GET"
        ? read(server, path)
        : plain(405, "GET and POST are all there is"));
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      return plain(500, error.message);
    }
  };
}

async function read(
  server: Answering,
  path: string,
): Promise<Response> {
  const [name = "", ...more] = path.split("/");
  const numbers = more.map((text) => /^\d{1,9}$/.test(text) ? +text : NaN);
  if (path === "") return sent(server.page, "text/html; charset=utf-8");
  if (name === "changes") {
    return await changes(server, numbers[0] ?? 0);
  }
  if (name === "frame") return await frame(server, numbers[0]);
  if (name === "inputImage") return await inputImage(server, numbers);
  const file = CLIENT_FILES.get(path);
  return file === undefined
    ? plain(404, "there is no such thing")
    : sent(file.text, file.type);
}

async function changes(
  { desk, stop }: Answering,
  since: number,
): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE);
  await desk.changed(since, AbortSignal.any([patience, stop]));
  if (!stop.aborted) await new Promise((wake) => setTimeout(wake, GATHER));
  return sent(JSON.stringify(desk.changes(since)), "application/json");
}

async function frame(
  { desk, lookAt }: Answering,
  id: number | undefined,
): Promise<Response> {
  const row = desk.row(id ?? NaN);
  if (row === undefined) return plain(404, "there is no such frame");
  const { hdus, cards, fault } = await lookAt(row.file, keyOf(row));
  const shown = {
    hdus: hdus.map(({ png: _, ...hdu }) => hdu),
    cards: cards.map(({ keyword, value, comment }) => [
      keyword,
      value === null ? "" : String(value),
      comment,
    ]),
    fault,
  };
  return sent(JSON.stringify(shown), "application/json");
}

/** `inputImage/ID/TYPING/K`: the K-th image; the number of the typing only tells pages apart. */
async function inputImage(
  { desk, lookAt }: Answering,
  [id, , k]: readonly number[],
): Promise<Response> {
  const row = desk.row(id ?? NaN);
  const seen = row && await lookAt(row.file, keyOf(row));
  const hdu = seen?.hdus[k ?? NaN];
  return hdu === undefined
    ? plain(404, "there is no such input image")
    : sent(hdu.png, "image/png");
}

function keyOf({ id, typing }: { id: number; typing: number }): string {
  return `${id} ${typing}`;
}

async function write(
  { desk, save, stop }: Answering,
  path: string,
  request: Request,
): Promise<Response> {
  if (path !== "label") return plain(404, "only labels can be written");
  // Other pages can send forms here, but not this type without asking first.
  if (request.headers.get("content-type") !== "application/json") {
    return plain(415, "send application/json");
  }
  const order = labelOrder(await textOf(request, stop));
  const row = order && desk.row(order.id);
  if (!row) return plain(400, 'send {"id": NUMBER, "label": TYPE or null}');
  await save(row.file, order.label);
  return sent(JSON.stringify(desk.row(row.id)), "application/json");
}

/** The body; empty when it is longer, or takes longer, than a label can, or at the stop. */
async function textOf({ body }: Request, stop: AbortSignal): Promise<string> {
  const reader = body?.getReader();
  const end = AbortSignal.any([stop, AbortSignal.timeout(BODY_PATIENCE)]);
  const cancel = () => reader?.cancel();
  end.addEventListener("abort", cancel);
  let text = "";
  const decoder = new TextDecoder();
  while (reader !== undefined && !end.aborted) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    if (text.length > LONGEST) {
      await reader.cancel();
      break;
    }
  }
  end.removeEventListener("abort", cancel);
  return end.aborted || text.length > LONGEST ? "" : text;
}

/** What a page asks to be written; `null` for anything else. */
function labelOrder(
  text: string,
): { id: number; label: Label | null } | null {
  let order: unknown;
  try {
    order = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof order !== "object" || order === null) return null;
  const { id, label } = order as Record<string, unknown>;
  if (typeof id !== "number") return null;
  if (label === null) return { id, label };
  return typeof label === "string" && isLabel(label) ? { id, label } : null;
}

function sent(body: BodyInit, type: string): Response {
  return new Response(body, {
    headers: { ...SAFE_HEADERS, "content-type": type },
  });
}

function plain(status: number, text: string): Response {
  return new Response(text + "\n", {
    status,
    headers: { ...SAFE_HEADERS, "content-type": "text/plain; charset=utf-8" },
  });
}
