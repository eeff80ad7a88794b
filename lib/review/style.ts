import { BASE_STYLE } from "../output/night/style.ts";

/** CSS of the review page: one column on a phone. */
export const STYLE = `${BASE_STYLE}
html, body { height: 100%; }
body { margin: 0; display: flex; flex-direction: column; }
h1, h2, h3, p, dl, dd, ol, figure { margin: 0; padding: 0; }
h1 { font-size: 1.15rem; }
h2 { font-size: 1.3rem; overflow-wrap: anywhere; }
h3 { font-size: 0.78rem; font-weight: 600; color: var(--soft); text-transform: uppercase; letter-spacing: 0.05em; margin-bottom: 0.35rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
kbd { font: 600 0.78em ui-monospace, monospace; border: 1px solid currentColor; border-radius: 4px; padding: 0 0.35em; opacity: 0.85; }

body > header { padding: 0.6rem 1rem; border-bottom: 1px solid var(--line); background: var(--card); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 1rem; }
.bar.small { font-size: 0.86rem; margin-top: 0.35rem; }
.named { overflow-wrap: anywhere; }
.progress { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.6rem; margin-left: auto; font-variant-numeric: tabular-nums; }
progress, meter { accent-color: var(--accent); width: 8rem; }
.filters { display: inline-flex; }
.filters button { border-radius: 0; margin-left: -1px; }
.filters button:first-child { border-radius: 8px 0 0 8px; }
.filters button:last-child { border-radius: 0 8px 8px 0; }
.saved { color: var(--good); font-weight: 600; }
.problem { color: var(--bad); font-weight: 600; }
#message { background: var(--shade); color: var(--warn); border-radius: 4px; padding: 0 0.4rem; }

main { flex: 1; min-height: 0; display: grid; grid-template-columns: 15rem minmax(0, 1fr) 15rem; }
nav { order: -1; overflow-y: auto; border-right: 1px solid var(--line); }
#similar { overflow-y: auto; border-left: 1px solid var(--line); padding: 0.8rem; }
#shown { container-type: inline-size; overflow-y: auto; padding: 0.8rem 1.2rem 2rem; min-width: 0; }
#empty { padding: 4rem 1rem; text-align: center; color: var(--soft); }

#list { list-style: none; padding: 0.4rem; }
#list > .soft { padding: 0.3rem 0.6rem; }
.entry { display: flex; flex-direction: column; width: 100%; text-align: left; border-color: transparent; background: none; padding: 0.25rem 0.6rem; border-left: 4px solid transparent; }
.entry .name { overflow-wrap: anywhere; }
.entry .summary { color: var(--soft); font-size: 0.82rem; }
.entry.conflict, .entry.error { border-left-color: var(--bad); }
.entry.unknown, .entry.unusable { border-left-color: var(--warn); }
.entry[aria-current] { background: var(--accent); color: var(--on-accent); }
.entry[aria-current] .summary { color: inherit; }

#images { display: grid; gap: 0.5rem; margin: 0.6rem 0; }
#images img { display: block; width: 100%; height: auto; background: #000; border-radius: 6px; }
#images .problem { padding: 3rem 1rem; text-align: center; border: 1px solid var(--line); border-radius: 6px; }
figcaption { color: var(--soft); font-size: 0.82rem; }
#verdict { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 1fr); gap: 0.5rem; }
#verdict > div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.4rem 0.8rem; }
#verdict dt { color: var(--soft); font-size: 0.82rem; }
#verdict dt span { float: right; color: var(--good); font-weight: 600; }
#verdict dd { overflow-wrap: anywhere; }
#verdict b { font-size: 1.15rem; }
#verdict .explanation { margin-left: 0.4rem; }
#verdict .note { display: block; font-size: 0.84rem; color: var(--soft); }
#verdict.conflict .answer, #verdict.error .answer { border-color: var(--bad); box-shadow: inset 4px 0 var(--bad); }
#verdict.unknown .answer, #verdict.unusable .answer { border-color: var(--warn); box-shadow: inset 4px 0 var(--warn); }
.labels { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.4rem 1.5rem; margin: 0.7rem 0 1.1rem; }
.labels > div { display: flex; flex-wrap: wrap; gap: 0.3rem; }
.labels button { padding: 0.3rem 0.5rem; }
.labels .suggested:not([aria-pressed="true"]) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.likely { font-size: 0.82rem; font-variant-numeric: tabular-nums; margin-left: 0.2rem; }
.parts { display: grid; grid-template-columns: minmax(0, 1fr) max-content minmax(9rem, 14rem); gap: 1.6rem; }
.plot svg { width: 100%; height: 9rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.plot .kept { fill: var(--accent); opacity: 0.14; }
.plot path { fill: none; stroke: var(--ink); stroke-width: 1.2; vector-effect: non-scaling-stroke; }
.plot .clipped { stroke: var(--warn); stroke-width: 3; }
.plot figcaption { font-size: 0.82rem; margin-bottom: 0.6rem; }
table { font-size: 0.86rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.1rem 0.7rem 0.1rem 0; text-align: left; vertical-align: top; }
thead th { color: var(--soft); font-weight: 500; }
tbody th { font-weight: 500; }
td meter { width: 5rem; }
#log { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.1rem 0.8rem; font-size: 0.86rem; }
#log dt { color: var(--soft); }
#log dd { overflow-wrap: anywhere; }
details { margin-top: 1.2rem; }
summary { color: var(--accent); }
.cards { overflow: auto; max-height: 24rem; border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 0.8rem; background: var(--card); font-family: ui-monospace, monospace; }
.cards td { white-space: pre; }

#similar section + section { margin-top: 1.2rem; }
.similar { display: block; width: 100%; padding: 0.3rem; margin-bottom: 0.5rem; font-size: 0.82rem; overflow-wrap: anywhere; }
.similar img { display: block; width: 100%; height: auto; background: #000; border-radius: 4px; margin-bottom: 0.2rem; }

dialog { border: 1px solid var(--line); border-radius: 12px; padding: 1.2rem 1.5rem; max-width: 34rem; background: var(--card); color: var(--ink); }
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
dialog dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.45rem 1rem; margin: 0.8rem 0; }
dialog p { margin-bottom: 0.8rem; }

@container (max-width: 52rem) {
  .parts { grid-template-columns: max-content minmax(0, 1fr); }
  .parts > :first-child { grid-column: 1 / -1; }
}
@container (max-width: 30rem) {
  .parts { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 70rem) {
  main { grid-template-columns: 13rem minmax(0, 1fr); }
  #similar { grid-column: 1 / -1; border-left: 0; border-top: 1px solid var(--line); display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 1rem; }
  #similar section + section { margin-top: 0; }
  html, body { height: auto; }
  nav { max-height: 100vh; }
}
@media (max-width: 45rem) {
  main { display: block; }
  body > header, #shown { padding-left: 0.8rem; padding-right: 0.8rem; }
  .progress { margin-left: 0; }
  #verdict { grid-template-columns: minmax(0, 1fr); }
  .labels { position: sticky; bottom: 0; background: var(--back); padding: 0.5rem 0; margin-bottom: 0.6rem; }
  .labels > div { flex: 1 0 100%; gap: 0.3rem; }
  .labels button { flex: 1; padding: 0.3rem 0.4rem; }
  .labels kbd { display: none; }
  nav { max-height: 18rem; border-right: 0; border-top: 1px solid var(--line); }
}
`;
