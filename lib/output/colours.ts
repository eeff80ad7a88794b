/**
 * CSS variables for a light or a dark page, as the reader's system prefers. Text
 * in any of them is readable on `--back` and on `--card` (WCAG AA). Each type of frame has
 * a colour, which `.t-TYPE` sets as `--type`.
 */
export const COLOURS = `
:root {
  color-scheme: light dark;
  --back: #fbfbf9; --card: #ffffff; --ink: #1c2330; --soft: #5c6675;
  --line: #dfe3e8; --shade: #e9ecef; --accent: #2563b0; --on-accent: #ffffff;
  --good: #1f6e43; --bad: #c0321c; --warn: #8a5a00;
  --warn-back: #fff1d6; --warn-ink: #6b4200;
  --bias: #64748b; --dark: #8a5a44; --arc: #8a3ab9; --flat: #9a6700;
  --standard: #0a7a5c; --science: #1f5fc0;
  --day: #ffffff; --twilight: #e8ecf5; --night: #d9dfec;
}
.t-bias { --type: var(--bias); }
.t-dark { --type: var(--dark); }
.t-arc { --type: var(--arc); }
.t-flat { --type: var(--flat); }
.t-standard { --type: var(--standard); }
.t-science { --type: var(--science); }
.t-unknown, .t-other { --type: var(--ink); }
.t-error { --type: var(--bad); }
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --card: #1a2029; --ink: #e4e8ee; --soft: #9aa5b5;
    --line: #2c3542; --shade: #262e39; --accent: #6aa9f4; --on-accent: #0d1520;
    --good: #4fbf85; --bad: #ff7a61; --warn: #ffc561;
    --warn-back: #3b2c0c; --warn-ink: #ffd98a;
    --bias: #94a3b8; --dark: #c69276; --arc: #c995f0; --flat: #e0ae3f;
    --standard: #4cc39c; --science: #74aaf7;
    --day: #2a3342; --twilight: #1d242f; --night: #10141a;
  }
}
`;
