import { COLOURS } from "../colours.ts";

/** CSS that the report and the review page share: colours, texts, buttons. */
export const BASE_STYLE = `${COLOURS}* { box-sizing: border-box; }
body { background: var(--back); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
.soft { color: var(--soft); font-size: 0.86rem; }
.number, .count { font-variant-numeric: tabular-nums; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button, select, input {
  font: inherit; color: var(--ink); background: var(--card);
  border: 1px solid var(--line); border-radius: 8px; padding: 0.3rem 0.6rem; max-width: 100%;
}
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
table { border-collapse: collapse; }
summary { cursor: pointer; }
.evidence { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9.5rem), 1fr)); gap: 0.5rem; margin: 0.5rem 0; }
.evidence > div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.35rem 0.7rem; }
.evidence dt { color: var(--soft); font-size: 0.82rem; }
.evidence dt::first-letter { text-transform: uppercase; }
.evidence dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.evidence dt span { float: right; font-weight: 600; }
.evidence .decides { box-shadow: inset 0 3px var(--good); }
.evidence .decides span { color: var(--good); }
.evidence .contradicts { border-color: var(--bad); box-shadow: inset 0 3px var(--bad); }
.evidence .contradicts span { color: var(--bad); }
`;

/** CSS of the report: one column on a phone, three in print. */
export const STYLE = `${BASE_STYLE}
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 100rem; padding: 1.2rem clamp(0.8rem, 2.5vw, 2.5rem) 4rem; }
h1 { margin: 0 0 0.2rem; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 1.6rem 0 0.6rem; font-size: 1.15rem; overflow-wrap: anywhere; }
.counts { display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.8rem 0 0; }
.counts > span { align-self: center; }
.counts b { font-variant-numeric: tabular-nums; }
.attention ul { margin: 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.link { padding: 0; border: 0; background: none; color: var(--accent); text-decoration: underline; }
.lacking th, .lacking td { color: var(--bad); }
.night { margin: 0 0 0.8rem; overflow-x: auto; }
.night svg { width: 100%; min-width: 44rem; height: auto; display: block; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.night text { font-size: 7px; fill: var(--soft); }
.night line { stroke: var(--line); stroke-width: 0.5; }
rect.certain { fill: var(--accent); }
rect.review { fill: var(--bad); stroke: var(--bad); stroke-width: 1.5; }
@media (min-width: 50rem) { #filters { position: sticky; top: 0; z-index: 2; } }
#filters {
  background: var(--back); padding: 0.6rem 0;
  display: flex; flex-wrap: wrap; gap: 0.4rem 0.8rem; align-items: end; border-bottom: 1px solid var(--line);
}
#filters label { display: grid; font-size: 0.78rem; color: var(--soft); }
#count { margin: 0 0 0 auto; font-weight: 600; }
ol.sheet { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.7rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15.5rem), 1fr)); }
.frame { content-visibility: auto; contain-intrinsic-size: auto 11rem; }
.open {
  display: flex; flex-direction: column; gap: 0.1rem; width: 100%; height: 100%; text-align: left;
  padding: 0 0 0.5rem; overflow: hidden; border-width: 1px 1px 1px 5px; overflow-wrap: anywhere;
}
.open > span:not(.images):not(.none) { padding: 0 0.6rem; }
.conflict .open, .error .open { border-color: var(--bad); }
.unknown .open, .unusable .open, .outlier .open, .incomplete .open { border-left-color: var(--warn); }
.images img { display: block; width: 100%; height: auto; background: #000; image-rendering: auto; }
.none { display: grid; place-items: center; aspect-ratio: 325 / 105; background: var(--shade); color: var(--soft); }
.name { font-weight: 600; padding-top: 0.35rem !important; }
.line { display: flex; flex-wrap: wrap; gap: 0 0.5rem; align-items: baseline; }
.mark { color: var(--bad); font-weight: 700; }
.unusable .mark { color: var(--warn); }
.answer { display: flex; flex-wrap: wrap; gap: 0 0.7rem; align-items: baseline; margin: 0.4rem 0; padding-left: 0.7rem; border-left: 4px solid var(--line); }
.answer b { font-size: 1.15rem; }
.answer.conflict, .answer.error { border-color: var(--bad); }
.answer.unknown, .answer.unusable { border-color: var(--warn); }
dialog {
  width: min(62rem, 96vw); max-height: 94vh; padding: 0; border: 1px solid var(--line);
  border-radius: 12px; background: var(--card); color: var(--ink); overflow: hidden;
}
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(0 0 0 / 0.6); }
dialog nav { display: flex; gap: 0.4rem; padding: 0.6rem 1rem; border-bottom: 1px solid var(--line); }
dialog nav :last-child { margin-left: auto; }
#details { overflow-y: auto; padding: 0 1rem 1rem; }
#details figure { margin: 0 0 1rem; }
#details img { display: block; width: 100%; height: auto; background: #000; image-rendering: pixelated; }
.plot { display: block; width: 100%; height: auto; margin: 0.4rem 0; border: 1px solid var(--line); }
.plot path { fill: none; stroke: var(--accent); stroke-width: 1.2; }
.plot .kept { fill: var(--accent); opacity: 0.14; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1rem; align-items: start; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 0.8rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
table { font-size: 0.88rem; }
th { text-align: left; font-weight: 500; padding: 0.1rem 0.8rem 0.1rem 0; white-space: nowrap; }
td { padding: 0.1rem 0.8rem 0.1rem 0; }
meter { width: 10rem; }
summary { padding: 0.6rem 0; font-weight: 600; }
.scroll { overflow: auto; max-height: 22rem; margin-top: 0.5rem; }
.cards { font-family: ui-monospace, monospace; }
.cards td + td { color: var(--soft); }
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; }
  #filters, dialog, .counts { display: none !important; }
  ol.sheet { grid-template-columns: repeat(3, 1fr); gap: 0.3rem; }
  .frame { break-inside: avoid; content-visibility: visible; }
  h2 { break-after: avoid; }
}
`;
