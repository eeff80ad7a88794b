import { COLOURS } from "../colours.ts";

/** CSS: light or dark as the reader's system prefers, one column on a phone. */
export const STYLE = `${COLOURS}* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem clamp(0.8rem, 3vw, 2.5rem) 4rem;
  max-width: 80rem; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.15rem; line-height: 1.3; margin: 0; font-weight: 600; color: var(--soft); overflow-wrap: anywhere; }
.lead { margin: 0 0 1.6rem; }
.lead .number { font-size: clamp(3.2rem, 12vw, 5.5rem); font-weight: 700; line-height: 1.15; letter-spacing: -0.02em; margin: 0; font-variant-numeric: tabular-nums; }
.lead p { margin: 0; }
h2 { margin: 2.6rem 0 0.8rem; font-size: 1.3rem; }
h3 { margin: 0 0 0.4rem; font-size: 1rem; }
p { margin: 0 0 0.8rem; max-width: 50rem; }
.soft { color: var(--soft); font-size: 0.9rem; }
.note { border-left: 4px solid var(--accent); background: var(--card); padding: 0.6rem 0.9rem; margin: 0 0 0.8rem; border-radius: 0 6px 6px 0; }
.note.warning { border-color: var(--warn-ink); background: var(--warn-back); color: var(--warn-ink); font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(47%, 13rem), 1fr)); gap: 0.7rem; margin: 0; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.9rem 1rem; }
.tile { padding: 0.55rem 0.9rem; }
.tile dt { color: var(--soft); font-size: 0.85rem; }
.tile dd { margin: 0; font-size: 0.82rem; color: var(--soft); }
.tile dd.value { font-size: 1.6rem; font-weight: 650; line-height: 1.3; color: var(--ink); font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; align-items: start; }
.card { margin: 0; min-width: 0; }
section + section, .charts + .scroll, .scroll + .scroll, .scroll + .charts, .tiles + .scroll { margin-top: 1.4rem; }
.charts > .card, .charts > .scroll { margin: 0; }
.card figcaption { color: var(--soft); font-size: 0.85rem; margin-top: 0.4rem; }
svg { width: 100%; max-width: 38rem; height: auto; }
.scroll { overflow-x: auto; margin: 0 0 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0.6rem 0.8rem 0.2rem; font-weight: 600; }
th, td { padding: 0.3rem 0.55rem; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 500; }
th:first-child, td:first-child { text-align: left; padding-left: 0.8rem; }
th:last-child, td:last-child { padding-right: 0.8rem; }
tbody th { font-weight: 500; }
th:first-child { position: sticky; left: 0; background: var(--card); }
details { margin: 0 0 1rem; }
summary { cursor: pointer; color: var(--accent); padding: 0.3rem 0; }
.failures { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
.failures .card { padding: 0; overflow: hidden; display: flex; flex-direction: column; }
.failures img { display: block; width: 100%; height: auto; background: #000; }
.failures .none { padding: 2.5rem 1rem; text-align: center; color: var(--soft); background: var(--line); }
.failures .text { padding: 0.7rem 0.9rem 0.8rem; font-size: 0.86rem; }
.failures dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 0.7rem; margin: 0.4rem 0 0; }
.failures dt { color: var(--soft); }
.failures dd { margin: 0; overflow-wrap: anywhere; }
.outcome { font-weight: 650; font-size: 1rem; }
.outcome .wrong { color: var(--bad); }
.outcome .unknown { color: var(--soft); }
@media print { body { max-width: none; } .failures .card { break-inside: avoid; } }
`;
