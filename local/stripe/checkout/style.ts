/** The shop's palette with a warning tape on top: near-black violet, one lime button, amounts in a warm color. */
export const STYLE = `
@font-face { font-family: Onest; src: url(/fonts/onest-latin.woff2) format("woff2"); font-weight: 100 900; font-display: swap; unicode-range: U+0000-00FF, U+2000-206F, U+20AC, U+2122; }
@font-face { font-family: Onest; src: url(/fonts/onest-cyrillic.woff2) format("woff2"); font-weight: 100 900; font-display: swap; unicode-range: U+0301, U+0400-045F, U+0490-0491, U+20BD, U+2116; }
@font-face { font-family: Unbounded; src: url(/fonts/unbounded.woff2) format("woff2"); font-weight: 700; font-display: swap; }
:root {
  color-scheme: light dark;
  --ground: light-dark(oklch(0.976 0.006 290), oklch(0.16 0.02 290));
  --raised: light-dark(oklch(1 0 0), oklch(0.205 0.024 290));
  --line: light-dark(oklch(0.22 0.04 290 / 0.13), oklch(0.95 0.03 290 / 0.12));
  --line-strong: light-dark(oklch(0.22 0.04 290 / 0.5), oklch(0.95 0.03 290 / 0.38));
  --ink: light-dark(oklch(0.2 0.035 290), oklch(0.975 0.008 290));
  --muted: light-dark(oklch(0.43 0.03 290), oklch(0.77 0.022 290));
  --accent: oklch(0.88 0.2 125);
  --on-accent: oklch(0.18 0.05 128);
  --money: light-dark(oklch(0.53 0.14 50), oklch(0.81 0.14 68));
  --danger: light-dark(oklch(0.5 0.19 22), oklch(0.74 0.15 22));
  --danger-ground: light-dark(oklch(0.95 0.03 22), oklch(0.24 0.06 22));
  --focus: light-dark(oklch(0.35 0.16 290), oklch(0.88 0.2 125));
  --tape: light-dark(oklch(0.86 0.15 85), oklch(0.84 0.15 85));
}
* { box-sizing: border-box; }
html { background: var(--ground); }
body {
  margin: 0; min-height: 100dvh; display: flex; flex-direction: column;
  background: radial-gradient(60rem 30rem at 50% -12rem, light-dark(oklch(0.86 0.09 290 / 0.55), oklch(0.36 0.14 290 / 0.45)), transparent);
  color: var(--ink); font: 1rem/1.5 Onest, system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
.tape {
  margin: 0; padding: 0.55rem 1.25rem; text-align: center; color: oklch(0.2 0.05 85); font-size: 0.9rem;
  background: repeating-linear-gradient(-45deg, var(--tape) 0 1.2rem, oklch(0.79 0.15 82) 1.2rem 2.4rem);
}
.tape b { font-weight: 700; }
main { width: 100%; max-width: 58rem; margin: auto; padding: 2rem 1.25rem 3rem; display: grid; gap: 1.5rem; }
main.notice { max-width: 30rem; }
h1, .sum { font-family: Unbounded, system-ui, sans-serif; letter-spacing: -0.025em; line-height: 1.1; overflow-wrap: anywhere; margin: 0; }
h1 { font-size: 1.3rem; font-weight: 700; text-wrap: balance; }
.sum { font-size: clamp(2rem, 9vw, 2.9rem); font-weight: 700; color: var(--money); }
.quiet { color: var(--muted); font-size: 0.92rem; margin: 0; }
.what { display: grid; gap: 1.5rem; align-content: start; }
.head { display: flex; gap: 1.1rem; align-items: center; }
.head > div { min-width: 0; display: grid; gap: 0.25rem; }
.cover { width: 6rem; height: 6rem; flex: none; border-radius: 1.1rem; display: block; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; gap: 1rem; justify-content: space-between; padding: 0.8rem 0; border-top: 1px solid var(--line); }
li > :first-child { min-width: 0; overflow-wrap: anywhere; }
li > :last-child { flex: none; }
li small { display: block; color: var(--muted); font-size: 0.88rem; }
li.total { font-weight: 650; border-top-color: var(--line-strong); }
.card { background: var(--raised); border: 1px solid var(--line); border-radius: 1.4rem; padding: 1.5rem; display: grid; gap: 1.1rem; align-content: start; }
.plastic {
  border-radius: 1rem; padding: 1.1rem 1.2rem; color: oklch(0.97 0.01 290); display: grid; gap: 1.1rem;
  background: linear-gradient(135deg, oklch(0.34 0.13 290), oklch(0.22 0.07 300) 60%, oklch(0.36 0.12 330));
}
.plastic b { font: 600 1.1rem/1 ui-monospace, "SF Mono", Menlo, monospace; letter-spacing: 0.1em; }
.plastic span { display: flex; justify-content: space-between; font-size: 0.85rem; color: oklch(0.88 0.03 290); }
dl { margin: 0; display: grid; gap: 0.35rem; }
dl div { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; }
dt { color: var(--muted); flex: none; } dd { margin: 0 0 0 auto; text-align: end; overflow-wrap: anywhere; min-width: 0; }
form { display: grid; gap: 0.7rem; margin: 0; }
button, .button {
  font: inherit; font-weight: 600; min-height: 3rem; padding: 0.6rem 1.2rem; border-radius: 999px; cursor: pointer;
  border: 1px solid var(--line-strong); background: transparent; color: var(--ink); text-align: center; text-decoration: none;
  display: flex; align-items: center; justify-content: center;
}
.main { background: var(--accent); color: var(--on-accent); border-color: transparent; font-weight: 700; min-height: 3.4rem; font-size: 1.06rem; }
button:hover, .button:hover { border-color: var(--ink); }
.main:hover { filter: brightness(1.06); }
:is(button, a, summary):focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; }
.plain { border-color: transparent; color: var(--muted); text-decoration: underline; text-underline-offset: 0.25em; }
details { border-top: 1px solid var(--line); padding-top: 1rem; }
summary { cursor: pointer; font-weight: 600; border-radius: 0.4rem; padding: 0.2rem 0; }
details form { margin-top: 0.9rem; gap: 1.1rem; }
details .quiet { margin: 0.5rem 0 0; padding-inline: 1.2rem; text-align: center; text-wrap: balance; }
details button { width: 100%; }
.alert { background: var(--danger-ground); border-radius: 1rem; padding: 0.9rem 1.1rem; display: grid; gap: 0.15rem; }
.alert b { color: var(--danger); }
code { font: 0.8rem/1.5 ui-monospace, "SF Mono", Menlo, monospace; overflow-wrap: anywhere; }
@media (min-width: 52rem) {
  main { padding-block: 3rem; }
  main.pay { grid-template-columns: minmax(0, 1.1fr) minmax(0, 1fr); gap: 3.5rem; }
}
`;
