/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/**
 * Parts that the page repeats.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { MeanShare, Share } from "../../evaluation/share.ts";
import { intervalText, percent } from "../numbers.ts";

/** What a headline figure shows: a share, or a mean of shares of so many `noun`. */
export type TileProps =
  & { readonly name: string }
  & ({ readonly share: Share } | {
    readonly mean: MeanShare;
    readonly noun: string;
  });

/** A headline figure with its n and interval. */
export function Tile(props: TileProps) {
  const [value, n, interval] = "share" in props
    ? [
      props.share.share,
      `${props.share.hits}/${props.share.n}`,
      props.share.interval,
    ]
    : [
      props.mean.mean,
      `${props.mean.groups} ${props.noun}, ${props.mean.n} frames`,
      props.mean.interval,
    ];
  return (
    <div class="tile">
      <dt>{props.name}</dt>
      <dd class="value">{percent(value)}</dd>
      <dd>{n}</dd>
      <dd>95 %: {intervalText(interval)}</dd>
    </div>
  );
}

/** A chart with what it shows. */
export function Figure({ svg, title, children }: {
  readonly svg: string;
  readonly title?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <figure class="card">
      {title !== undefined && <h3>{title}</h3>}
      {/* Drawn by us; the library escapes the names in it. */}
      <div dangerouslySetInnerHTML={{ __html: svg }} />
      <figcaption>{children}</figcaption>
    </figure>
  );
}
