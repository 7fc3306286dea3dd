import { STYLE as SHARED } from "../../qstash/page/style";

/** Extends the shared style of the local pages by amounts and a form field. */
export const STYLE = `${SHARED}
.money { color: light-dark(oklch(0.53 0.14 50), oklch(0.81 0.14 68)); font-weight: 600; white-space: nowrap; text-align: right; }
input {
  font: inherit; width: 6.5rem; padding: 0.2rem 0.5rem; border-radius: 0.4rem; color: var(--text);
  border: 1px solid var(--line); background: var(--ground);
}
input:focus-visible, a:focus-visible { outline: 2px solid light-dark(oklch(0.35 0.16 290), var(--accent)); outline-offset: 2px; }
form.row { display: inline-flex; gap: 0.4rem; align-items: center; }
a { color: inherit; }
.warn { margin: 1rem 0 0; padding: 0.5rem 0.8rem; border-radius: 0.6rem; color: oklch(0.2 0.05 85); background: oklch(0.84 0.15 85); }
.warn code { overflow-wrap: anywhere; }
/* Shortened to the eye alone: what is selected and copied is whole. */
.id { display: inline-block; width: 12.5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: top; }
.wide { display: inline-block; min-width: 20rem; }
button { white-space: nowrap; }
details[open] { width: 28rem; }
`;
