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

body > header { padding: 0.45rem 1rem; border-bottom: 1px solid var(--line); background: var(--card); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 0.9rem; }
.bar.small { font-size: 0.86rem; margin-top: 0.35rem; }
.bar button { padding: 0.2rem 0.55rem; white-space: nowrap; }
.fold { display: none; }
.named { overflow-wrap: anywhere; }
.bar h1 + .named { flex: 1 1 8rem; max-height: 2.6em; overflow: hidden; }
.progress { display: inline-flex; flex-wrap: wrap; align-items: center; gap: 0.2rem 0.6rem; font-variant-numeric: tabular-nums; }
progress, meter { accent-color: var(--accent); width: 6rem; }
.groups { display: inline-flex; }
.groups button { border-radius: 0; margin-left: -1px; }
.groups button:first-child { border-radius: 6px 0 0 6px; }
.groups button:last-child { border-radius: 0 6px 6px 0; }
#filters { display: flex; flex-wrap: wrap; gap: 0.35rem 0.8rem; align-items: center; }
#filters label { display: inline-flex; gap: 0.35rem; align-items: center; color: var(--soft); }
#filters :is(select, button) { padding: 0.1rem 0.4rem; border-radius: 6px; max-width: 9.5rem; }
#filters .clear { display: inline-flex; gap: 0.5rem; align-items: center; }
#filters .set { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.status { margin-left: auto; }
.status .named { margin-left: 0.4rem; }
.saved { color: var(--good); font-weight: 600; }
.problem { color: var(--bad); font-weight: 600; }
#problem p { margin: 0.45rem 0 0; padding: 0.35rem 0.7rem; border-left: 5px solid var(--bad); border-radius: 4px; background: var(--warn-back); color: var(--warn-ink); font-weight: 600; overflow-wrap: anywhere; }
#message { position: fixed; z-index: 3; left: 50%; bottom: 1.2rem; transform: translateX(-50%); width: max-content; max-width: calc(100vw - 2rem); padding: 0.4rem 0.9rem; border-radius: 8px; background: var(--ink); color: var(--back); }
#message:empty { visibility: hidden; }

main { flex: 1; min-height: 0; display: grid; grid-template-columns: 15rem minmax(0, 1fr) 15rem; }
nav { order: -1; overflow-y: auto; border-right: 1px solid var(--line); }
#similar { overflow-y: auto; border-left: 1px solid var(--line); padding: 0.8rem; }
#shown { container-type: inline-size; overflow-y: auto; padding: 0.8rem 1.2rem 2rem; min-width: 0; }
#empty { padding: 4rem 1rem; text-align: center; color: var(--soft); }

.dot { flex: none; width: 0.6em; height: 0.6em; border-radius: 50%; background: var(--type); }
.summary { display: flex; gap: 0.4em; align-items: center; min-width: 0; color: var(--soft); font-size: 0.82rem; }
.summary .time { margin-left: auto; padding-left: 0.4em; white-space: nowrap; font-variant-numeric: tabular-nums; }
.summary > :nth-child(2) { min-width: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.absent { display: block; aspect-ratio: 650 / 210; background: var(--shade); border-radius: 4px; }

#list { list-style: none; padding: 0.4rem; }
#list > .soft { padding: 0.3rem 0.6rem; }
.entry { display: flex; flex-direction: column; width: 100%; text-align: left; border-color: transparent; background: none; padding: 0.2rem 0.6rem; border-left: 4px solid transparent; border-radius: 4px; }
.entry .name { overflow-wrap: anywhere; line-height: 1.25; }
.entry.conflict, .entry.error { border-left-color: var(--bad); }
.entry.unknown, .entry.unusable { border-left-color: var(--warn); }
.entry[aria-pressed="true"] { background: var(--shade); color: var(--ink); border-color: var(--accent); }
.entry[aria-pressed="true"] .summary { color: var(--ink); }
.entry[aria-current] { background: var(--accent); color: var(--on-accent); }
.entry[aria-current] .summary { color: inherit; }
.entry[aria-current] .dot { background: currentColor; }

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
#selection { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.7rem; margin: 0.7rem 0 -0.3rem; }
#selection.set { padding: 0.3rem 0.7rem; border: 1px solid var(--accent); border-radius: 8px; background: var(--card); }
#selection button { padding: 0.15rem 0.5rem; font-size: 0.86rem; }
#selection.set button { margin-left: auto; }
#done { margin-bottom: 1rem; padding: 0.6rem 0.9rem 0.8rem; border: 1px solid var(--line); border-left: 5px solid var(--good); border-radius: 6px; background: var(--card); }
#done h2 { color: var(--good); font-size: 1.1rem; }
#done .soft { margin-left: 0.2rem; font-size: 1rem; font-weight: 400; }
.command { display: flex; gap: 0.5rem; align-items: start; margin-top: 0.3rem; }
.command pre { flex: 1; min-width: 0; margin: 0; padding: 0.35rem 0.6rem; border-radius: 4px; background: var(--shade); white-space: pre-wrap; overflow-wrap: anywhere; font: 0.86rem/1.4 ui-monospace, monospace; }
.labels { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.4rem 1.5rem; margin: 0.7rem 0 1.1rem; }
.labels > div { display: flex; flex-wrap: wrap; gap: 0.3rem; }
.labels button { padding: 0.25rem 0.4rem; font-size: 0.93rem; }
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
#neighbours ol { list-style: none; }
.neighbour { display: grid; grid-template-columns: 3.2rem minmax(0, 1fr); gap: 0 0.45rem; width: 100%; padding: 0.2rem 0.4rem 0.2rem 0.2rem; margin-bottom: 0.25rem; text-align: left; line-height: 1.25; border-radius: 6px; }
.neighbour > :first-child { grid-row: 1 / 3; width: 100%; height: 2.3rem; object-fit: cover; aspect-ratio: auto; background: #000; border-radius: 4px; }
.neighbour .name { font-size: 0.82rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.neighbour[aria-current] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
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
  .bar h1 + .named { flex: 1 0 60%; max-height: 1.4em; }
  .fold { display: block; }
  .folded { display: none !important; }
  .groups { flex: 1 1 auto; }
  .groups button { flex: 1; }
  #filters { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); width: 100%; }
  #filters label { display: grid; gap: 0; }
  #filters :is(select, button) { width: 100%; max-width: none; padding: 0.3rem 0.4rem; }
  #filters .clear { align-items: end; }
  #filters .clear button { flex: 1; }
  #count { align-self: center; white-space: nowrap; }
  .status { margin-left: 0; }
  .command { flex-direction: column; }
  #verdict { grid-template-columns: minmax(0, 1fr); }
  .labels { position: sticky; bottom: 0; background: var(--back); padding: 0.5rem 0; margin-bottom: 0.6rem; }
  .labels > div { flex: 1 0 100%; gap: 0.3rem; }
  .labels button { flex: 1; padding: 0.3rem 0.4rem; }
  .labels kbd { display: none; }
  nav { max-height: 18rem; border-right: 0; border-top: 1px solid var(--line); }
}
`;
