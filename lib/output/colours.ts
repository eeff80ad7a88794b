/**
 * CSS variables for a light or a dark page, as the reader's system prefers. Text
 * in any of them is readable on `--back` and on `--card` (WCAG AA).
 */
export const COLOURS = `
:root {
  color-scheme: light dark;
  --back: #fbfbf9; --card: #ffffff; --ink: #1c2330; --soft: #5c6675;
  --line: #dfe3e8; --shade: #e9ecef; --accent: #2563b0; --on-accent: #ffffff;
  --good: #1f6e43; --bad: #c0321c; --warn: #8a5a00;
  --warn-back: #fff1d6; --warn-ink: #6b4200;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --card: #1a2029; --ink: #e4e8ee; --soft: #9aa5b5;
    --line: #2c3542; --shade: #262e39; --accent: #6aa9f4; --on-accent: #0d1520;
    --good: #4fbf85; --bad: #ff7a61; --warn: #ffc561;
    --warn-back: #3b2c0c; --warn-ink: #ffd98a;
  }
}
`;
