/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * The failures, each with its input image.
 *
 * @module
 */
import { type Judged, reasonOf } from "../../evaluation/judged.ts";

/** A failure and its input images, as `data:` URIs. */
export interface Illustrated {
  /** Label and verdict. */
  readonly one: Judged;
  /** One for each image HDU; none of a file that cannot be read. */
  readonly thumbnails: readonly string[];
}

/** A card for every failure. */
export function Failures({ failures }: {
  readonly failures: readonly Illustrated[];
}) {
  return (
    <>
      <h2>Not right ({failures.length})</h2>
      <p class="soft">
        The inputImage is what the network saw, at half size. The worst first:
        another type by falling probability, standard for science and the
        reverse, a type where there is none, no type, unreadable.
      </p>
      <ul class="failures">
        {failures.map((failure) => (
          <Failure key={failure.one.frame.path} {...failure} />
        ))}
      </ul>
    </>
  );
}

function Failure({ one, thumbnails }: Illustrated) {
  const { frame, verdict } = one;
  const said = verdict.type ?? verdict.error?.code ?? "error";
  const typed = verdict.type !== null && verdict.type !== "unknown";
  const header = verdict.header;
  const votes = Object.entries(verdict.pixels?.votes ?? {}).map(([type, n]) =>
    `${n} ${type}`
  );
  const rows: [string, string | null | undefined][] = [
    ["probability", verdict.probability?.toFixed(3)],
    ["reason", reasonOf(verdict)],
    ["votes", votes.join(", ") || null],
    [
      "header",
      header &&
      `${header.type ?? "silent"}${
        header.evidence ? ` (${header.evidence})` : ""
      }`,
    ],
    ["error", verdict.error?.message],
    [
      "label",
      `${frame.confidence} confidence; ${
        [frame.instrument, frame.night].filter(Boolean).join(", ")
      }`,
    ],
    ["path", frame.path],
  ];
  return (
    <li class="card">
      {thumbnails.length === 0 && <div class="none">no inputImage</div>}
      {thumbnails.map((uri) => (
        <img src={uri} width="325" height="105" loading="lazy" alt="" />
      ))}
      <div class="text">
        <div class="said">
          {frame.label} →{" "}
          <span class={typed ? "wrong" : "unknown"}>{said}</span>
        </div>
        <dl>
          {rows.map(([name, text]) =>
            text && (
              <>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </>
            )
          )}
        </dl>
      </div>
    </li>
  );
}
