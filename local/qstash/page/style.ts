/** Near-black violet with electric lime; the light scheme inverts the lightness. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(oklch(0.985 0.005 290), oklch(0.16 0.02 290));
  --panel: light-dark(oklch(1 0 0), oklch(0.2 0.025 290));
  --line: light-dark(oklch(0.9 0.01 290), oklch(0.3 0.03 290));
  --text: light-dark(oklch(0.22 0.03 290), oklch(0.95 0.01 290));
  --quiet: light-dark(oklch(0.46 0.03 290), oklch(0.72 0.03 290));
  --accent: oklch(0.88 0.2 125);
  --on-accent: oklch(0.22 0.05 125);
  --good: light-dark(oklch(0.45 0.13 145), oklch(0.88 0.2 125));
  --wait: light-dark(oklch(0.5 0.12 75), oklch(0.85 0.14 85));
  --bad: light-dark(oklch(0.5 0.19 25), oklch(0.74 0.16 20));
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 90rem;
  background: var(--ground); color: var(--text);
  font: 0.875rem/1.5 ui-sans-serif, system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.5rem 2rem; }
h1 { font-size: 1.25rem; margin: 0; }
h1::before {
  content: ""; display: inline-block; width: 0.7rem; height: 0.7rem; margin-right: 0.6rem;
  border-radius: 50%; background: var(--accent); outline: 1px solid light-dark(oklch(0.6 0.15 125), transparent);
}
h2 { font-size: 0.95rem; margin: 2.25rem 0 0.6rem; }
h2 small { color: var(--quiet); font-weight: normal; margin-left: 0.5rem; }
dl { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0; }
dl div { display: flex; gap: 0.4rem; }
dt { color: var(--quiet); } dd { margin: 0; font-weight: 600; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 0.6rem; background: var(--panel); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.45rem 0.8rem; vertical-align: top; }
th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
tbody tr { border-top: 1px solid var(--line); }
td.number, th.number { text-align: right; }
.nowrap { white-space: nowrap; }
code, pre { font: 0.8rem/1.5 ui-monospace, "SF Mono", Menlo, monospace; }
code { overflow-wrap: anywhere; }
pre { margin: 0.3rem 0 0.6rem; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 14rem; overflow: auto; }
.quiet { color: var(--quiet); }
.state { font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .wait { color: var(--wait); } .bad { color: var(--bad); }
.empty { color: var(--quiet); padding: 0.8rem; margin: 0; }
.target { display: inline-block; min-width: 18rem; }
summary { cursor: pointer; white-space: nowrap; }
details[open] { width: 34rem; max-width: 75vw; }
form { display: inline; }
button {
  font: inherit; font-weight: 600; padding: 0.2rem 0.7rem; border-radius: 0.4rem; cursor: pointer;
  border: 1px solid var(--line); background: transparent; color: var(--text);
}
button.main { background: var(--accent); color: var(--on-accent); border-color: transparent; }
:is(button, summary):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** Refreshes the page in place every two seconds, unless details are open or something is focused or selected. */
export const SCRIPT = `
setInterval(async () => {
  if (document.hidden || document.querySelector("details[open], :focus-visible") || String(getSelection())) return;
  try {
    const text = await (await fetch("/")).text();
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (fresh) document.querySelector("main").replaceWith(fresh);
  } catch {}
}, 2000);
`;
