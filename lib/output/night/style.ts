import { COLOURS } from "../colours.ts";

/** CSS of `client/viewer.js`. */
const VIEWER_STYLE =
  `spit-viewer { display: block; margin: 0.8rem 0; --cursor: #ffb347; }
spit-viewer p { margin: 0.3rem 0 0; }
spit-viewer [hidden], spit-viewer.empty > :not(p.soft) { display: none !important; }
spit-viewer .tools { display: flex; flex-wrap: wrap; gap: 0.35rem 0.9rem; align-items: center; margin-bottom: 0.45rem; font-size: 0.86rem; }
spit-viewer label { display: inline-flex; gap: 0.35rem; align-items: center; color: var(--soft); }
spit-viewer :is(select, button) { padding: 0.1rem 0.45rem; border-radius: 6px; }
spit-viewer .zoom { display: inline-flex; gap: 0.25rem; align-items: center; margin-left: auto; }
spit-viewer .zoom output { min-width: 3.6em; text-align: center; }
spit-viewer canvas { display: block; width: 100%; border-radius: 4px; background: var(--shade); cursor: crosshair; touch-action: none; }
spit-viewer .cut { position: relative; margin-top: 0.45rem; border: solid var(--line); border-width: 1px 0; background: var(--card); font-size: 0.78rem; color: var(--soft); font-variant-numeric: tabular-nums; }
spit-viewer svg { display: block; width: 100%; height: 6.5rem; }
spit-viewer svg * { fill: none; stroke: var(--accent); stroke-width: 1.2; vector-effect: non-scaling-stroke; }
spit-viewer svg line { stroke: var(--ink); opacity: 0.35; }
spit-viewer .cut span { position: absolute; padding: 0 0.3rem; border-radius: 3px; background: color-mix(in srgb, var(--card) 80%, transparent); pointer-events: none; }
spit-viewer .high { top: 0; left: 0; }
spit-viewer .low { bottom: 0; left: 0; }
spit-viewer .name { top: 0; right: 0; }
spit-viewer .read { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; justify-content: space-between; font-variant-numeric: tabular-nums; white-space: pre; }
spit-viewer .ramp { display: inline-flex; gap: 0.45rem; align-items: center; color: var(--soft); font-size: 0.86rem; }
spit-viewer .ramp i { width: 9rem; height: 0.55rem; border-radius: 2px; border: 1px solid var(--line); }
`;

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
.evidence { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 8.75rem), 1fr)); gap: 0.5rem; margin: 0.5rem 0; }
.evidence > div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 0.35rem 0.7rem; }
.evidence dt { color: var(--soft); font-size: 0.82rem; }
.evidence dt::first-letter { text-transform: uppercase; }
.evidence dd { margin: 0; clear: both; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.evidence dt span { float: right; font-weight: 600; }
.evidence .decides { box-shadow: inset 0 3px var(--good); }
.evidence .decides dt span { color: var(--good); }
.evidence .contradicts { border-color: var(--bad); box-shadow: inset 0 3px var(--bad); }
.evidence .contradicts dt span { color: var(--bad); }
${VIEWER_STYLE}`;

/** CSS of the report: two cards in a row on a phone, seven or more on a laptop, five in print. */
export const STYLE = `${BASE_STYLE}
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
body { margin: 0 auto; max-width: 110rem; padding: 0.9rem clamp(0.8rem, 2.2vw, 2.2rem) 3rem; font-size: 14px; }
h1 { margin: 0; font-size: 1.45rem; line-height: 1.25; overflow-wrap: anywhere; }
h1 .soft { font-size: 1rem; font-weight: 400; margin-left: 0.4rem; }
h2 { margin: 1.3rem 0 0.45rem; font-size: 1rem; overflow-wrap: anywhere; }
h2 .soft { font-weight: 400; }
.top { margin: 0; overflow-wrap: anywhere; }
.top b { color: var(--ink); margin-right: 0.5rem; }
html { text-size-adjust: 100%; -webkit-text-size-adjust: 100%; }
.dot, .name::before { content: ""; display: inline-block; flex: none; width: 0.6em; height: 0.6em; border-radius: 50%; background: var(--type); }
.name { white-space: nowrap; }
.dot, .name::before { margin-right: 0.4em; }
b.name, span.name { color: var(--type); }
.link { padding: 0; border: 0; border-radius: 2px; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: 2px; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
.link:hover { text-decoration-color: currentColor; }

.summary { display: flex; flex-wrap: wrap; gap: 0.35rem 0.5rem; align-items: center; margin: 0.8rem 0 0; padding: 0.5rem 0.8rem; border-radius: 6px; background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--state); }
.summary > b { color: var(--state); font-size: 1.1rem; margin-right: 0.2rem; }
.good { --state: var(--good); }
.warn { --state: var(--warn); }
.bad { --state: var(--bad); }
.reason { padding: 0.05rem 0.6rem; border: 1px solid var(--line); border-radius: 99px; background: var(--back); }
.attention { display: grid; gap: 0 2rem; }
.attention .list { max-height: 13rem; overflow-y: auto; }
.attention ul { list-style: none; margin: 0; padding: 0; overflow-wrap: anywhere; }
.attention ul:has(li:nth-child(7)) { columns: 34rem; column-gap: 2rem; }
.attention li { break-inside: avoid; padding: 0.1rem 0 0.1rem 0.9rem; text-indent: -0.9rem; }
.attention li::before { content: "·"; display: inline-block; width: 0.9rem; text-indent: 0; font-weight: 700; color: var(--soft); }
.attention li > * { text-indent: 0; }
summary { padding: 0.5rem 0 0.25rem; font-weight: 600; }

table { font-size: 0.94em; }
th { text-align: left; font-weight: 500; padding: 0.2rem 1.1rem 0.2rem 0; white-space: nowrap; }
td { padding: 0.2rem 1.1rem 0.2rem 0; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
thead th { color: var(--soft); font-size: 0.92em; }
tbody tr { border-top: 1px solid var(--line); }
.scroll { overflow: auto; }
.configurations { margin-top: 0.7rem; }
.zero { color: var(--soft); }
.lacking .lacks { color: var(--bad); font-weight: 600; }

.hours { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.35rem 1.3rem 0.4rem 0.7rem; }
.axis, .lane { display: grid; grid-template-columns: 5.9rem minmax(0, 1fr); align-items: center; }
.axis { color: var(--soft); font-size: 0.8rem; font-variant-numeric: tabular-nums; height: 1.25rem; }
.axis div { position: relative; height: 1.1rem; }
.axis div span { position: absolute; transform: translateX(-50%); }
.lane { font-size: 0.86rem; line-height: 18px; }
.lane svg { display: block; width: 100%; height: 18px; background: var(--card); }
.lane line { stroke: var(--ink); opacity: 0.09; }
.lane .day { fill: var(--day); }
.lane .twilight { fill: var(--twilight); }
.lane .night { fill: var(--night); }
.mark { y: 3px; height: 12px; fill: var(--type); stroke: var(--card); stroke-width: 0.5; cursor: pointer; }
.mark.review { y: 1.5px; height: 15px; stroke: var(--bad); stroke-width: 2; }
.mark:hover, circle:hover { fill: var(--ink); }
.hours figcaption { margin-top: 0.25rem; }
.quality p { margin: 0.3rem 0 0; }
.strips { display: grid; grid-template-columns: 6.6rem repeat(var(--columns), minmax(0, 1fr)); gap: 0.25rem 0.8rem; align-items: center; }
.heading { font-size: 0.8rem; }
.strip { display: flex; gap: 0.3rem; background: var(--card); border: 1px solid var(--line); border-radius: 4px; }
.strip svg { flex: 1; min-width: 0; }
.strip line { stroke: var(--type); stroke-width: 1; opacity: 0.45; }
.strip circle { fill: var(--type); cursor: pointer; }
.strip circle.review { stroke: var(--bad); stroke-width: 2; r: 4px; }
.range { display: flex; flex-direction: column; justify-content: space-between; width: 3.4rem; padding: 0.1rem 0.3rem; font-size: 0.75rem; text-align: right; }

#bar { background: var(--back); margin-top: 1.1rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
@media (min-width: 50rem) { #bar { position: sticky; top: 0; z-index: 2; } }
.counts { display: flex; flex-wrap: wrap; gap: 0.3rem; }
.counts button { padding: 0.1rem 0.7rem; border-radius: 99px; }
.counts b { font-variant-numeric: tabular-nums; }
.counts [aria-pressed="true"] .dot { background: currentColor; }
#filters { display: flex; flex-wrap: wrap; gap: 0.35rem 0.7rem; align-items: center; margin-top: 0.45rem; }
#filters label { display: flex; gap: 0.35rem; align-items: center; font-size: 0.86rem; color: var(--soft); }
#filters select, #filters input, #filters button { padding: 0.15rem 0.5rem; border-radius: 6px; }
#filters select { max-width: 12rem; }
#filters input[type="search"] { flex: 1 1 10rem; max-width: 19rem; }
.views { display: flex; margin: 0; padding: 0; border: 0; }
#filters .views span { padding: 0.15rem 0.7rem; border: 1px solid var(--line); margin-left: -1px; background: var(--card); color: var(--ink); cursor: pointer; }
.views label:first-of-type span { border-radius: 6px 0 0 6px; }
.views label:last-of-type span { border-radius: 0 6px 6px 0; }
.views input { position: absolute; opacity: 0; pointer-events: none; }
#filters .views input:checked + span { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.views input:focus-visible + span { outline: 3px solid var(--accent); outline-offset: 2px; z-index: 1; }
#count { margin: 0 0 0 auto; font-weight: 600; }

ol.sheet { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.5rem; grid-template-columns: repeat(auto-fill, minmax(9.8rem, 1fr)); }
.group { margin-top: 0.9rem; }
.group h2 { margin: 0 0 0.4rem; }
@media (min-width: 50rem) {
  .group[data-view="type"] { display: grid; grid-template-columns: 6.6rem minmax(0, 1fr); column-gap: 0.3rem; }
  .group[data-view="type"] h2 { align-self: start; position: sticky; top: 5rem; font-size: 0.92rem; }
}
.frame { content-visibility: auto; contain-intrinsic-size: auto 6.8rem; min-width: 0; }
.open {
  display: flex; flex-direction: column; width: 100%; height: 100%; text-align: left; line-height: 1.35;
  padding: 0 0 0.35rem; overflow: hidden; border-radius: 5px; font-size: 0.86rem;
}
.open > span:not(.images):not(.none) { padding: 0 0.4rem; }
.images { border-bottom: 3px solid var(--type); }
.images img { display: block; width: 100%; height: auto; background: #000; image-rendering: auto; }
.none { display: grid; place-items: center; aspect-ratio: 325 / 105; background: var(--shade); color: var(--soft); }
.open .file { font-weight: 600; min-width: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.open .line .soft { font-size: 0.8rem; }
.open .number { font-size: 0.8rem; }
.open .line { gap: 0 0.2rem; flex-wrap: nowrap; white-space: nowrap; overflow: hidden; }
.open .images + .line { padding-top: 0.25rem !important; }
.open .by { flex: none; }
.open b.name { overflow: hidden; text-overflow: ellipsis; }
.open b.name::before { content: none; }
.open .target { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.open .note { overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; font-size: 0.82rem; }
.line { display: flex; flex-wrap: wrap; gap: 0 0.5rem; align-items: baseline; }
.line .by { margin-left: auto; font-size: 0.78rem; font-variant-numeric: tabular-nums; }
.note { color: var(--warn); }
.conflict .note, .error .note { color: var(--bad); }
.frame.conflict .open, .frame.error .open { border-color: var(--bad); }
.frame.unknown .open, .frame.unusable .open, .frame.outlier .open, .frame.incomplete .open { border-color: var(--warn); }

#log .scroll { max-height: none; }
#log table { width: 100%; }
#log th, #log td { vertical-align: top; padding-right: 0.9rem; }
#log thead .link { color: var(--soft); text-decoration: none; }
#log [aria-sort="ascending"] .link::after { content: " ↑"; }
#log [aria-sort="descending"] .link::after { content: " ↓"; }
#log td { overflow-wrap: anywhere; }
#log td.number { white-space: nowrap; }
#log .time { white-space: nowrap; font-variant-numeric: tabular-nums; }
#log .review { background: color-mix(in srgb, var(--bad) 5%, transparent); }
#log td.note { font-size: 0.92em; color: var(--bad); min-width: 12rem; }

.lane .link { text-decoration: none; font-variant-numeric: tabular-nums; }
#tip { position: fixed; z-index: 3; pointer-events: none; max-width: 20rem; padding: 0.3rem 0.6rem; border-radius: 5px; background: var(--ink); color: var(--back); font-size: 0.82rem; white-space: pre-line; overflow-wrap: anywhere; }
footer { margin-top: 2rem; }

.answer { display: flex; flex-wrap: wrap; gap: 0 0.7rem; align-items: baseline; margin: 0.4rem 0; padding: 0.1rem 0 0.1rem 0.7rem; border-left: 4px solid var(--line); }
.answer b { font-size: 1.15rem; }
.answer .by { margin-left: 0; }
.answer.conflict, .answer.error { border-color: var(--bad); }
.answer.unknown, .answer.unusable { border-color: var(--warn); }
dialog {
  width: min(80rem, 97vw); max-height: 96vh; padding: 0; border: 1px solid var(--line);
  border-radius: 8px; background: var(--back); color: var(--ink); overflow: hidden;
}
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(0 0 0 / 0.6); }
dialog nav { display: flex; gap: 0.4rem; align-items: center; padding: 0.45rem 1rem; border-bottom: 1px solid var(--line); }
dialog nav :last-child { margin-left: auto; }
#details { overflow-y: auto; padding: 0 1rem 1rem; }
#details h2 { margin-top: 0.7rem; }
#details figure { margin: 0.8rem 0; }
#details img { display: block; width: 100%; height: auto; background: #000; image-rendering: pixelated; }
#details .evidence { grid-template-columns: minmax(0, 1.5fr) repeat(3, minmax(0, 1fr)) minmax(0, 1.5fr); }
#details .evidence > div { border-radius: 6px; }
.bars { list-style: none; margin: 0.15rem 0 0; padding: 0; font-size: 0.86rem; }
.bars li { display: grid; grid-template-columns: 4.4rem minmax(0, 1fr) 2.6rem; gap: 0.4rem; align-items: center; line-height: 1.3; }
.bars i { display: block; height: 0.55rem; border-radius: 2px; background: var(--shade); overflow: hidden; }
.bars i i { background: var(--type); border-radius: 0; }
.plot { display: block; width: 100%; height: 7rem; margin: 0.4rem 0; border: 1px solid var(--line); background: var(--card); }
.plot path { fill: none; stroke: var(--accent); stroke-width: 1.2; vector-effect: non-scaling-stroke; }
.plot .clipped { stroke: var(--warn); stroke-width: 3; }
.plot .kept { fill: var(--accent); opacity: 0.12; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1rem; align-items: start; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 0.8rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
#details .scroll { max-height: 22rem; margin-top: 0.5rem; }
.cards { font-family: ui-monospace, monospace; }
.cards td + td { color: var(--soft); }

@media (max-width: 62rem) {
  #details .evidence { grid-template-columns: repeat(auto-fit, minmax(min(100%, 8.75rem), 1fr)); }
  #details .evidence .pixels, #details .evidence .all { grid-column: 1 / -1; }
}
@media (max-width: 45rem) {
  h1 .soft { display: block; margin-left: 0; }
  .axis, .lane { grid-template-columns: 5rem minmax(0, 1fr); }
  .axis div { font-size: 0.7rem; }
  .axis .odd { display: none; }
  .strips { grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 0.2rem 0.4rem; }
  .strips > .name, .strips > :first-child { grid-column: 1 / -1; }
  .range { display: none; }
  ol.sheet { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  #filters label:not(.views label), #filters input[type="search"] { flex: 1 0 45%; max-width: none; }
  #filters select { flex: 1; max-width: none; min-width: 0; }
  .views { flex: 1 0 100%; }
  .views label { flex: 1 0 auto; }
  #filters .views span { flex: 1; padding: 0.15rem 0.4rem; text-align: center; white-space: nowrap; }
  #log th, #log td { padding-right: 0.6rem; }
  #log td:not(.note) { white-space: nowrap; }
  .configurations td { white-space: nowrap; }
  dialog { width: 100vw; max-width: none; border: 0; border-radius: 0; }
  #details img { min-width: 0; }
  footer { display: none; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; }
  * { print-color-adjust: exact; }
  #bar, #tip, dialog, footer { display: none !important; }
  ol.sheet { grid-template-columns: repeat(5, 1fr); gap: 0.3rem; }
  .frame { break-inside: avoid; content-visibility: visible; }
  .lane, .strip, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .scroll { overflow: visible; }
}
`;
