import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Html, html } from "./html";

/** The plain page on which a server shows its state: a title with numbers, then tables. */
interface Dashboard {
  title: string;
  facts: Readonly<Record<string, number>>;
  note?: Html;
  tables: Readonly<Record<string, Table>>;
}

export interface Table {
  head: string[];
  rows: Html[][];
  /** The number of all rows, when only the newest are given. */
  total: number;
  /** Shown instead of a table without rows. */
  empty: string;
}

const STYLE = `
:root {
  color-scheme: light dark;
  --line: light-dark(#ccc, #444); --quiet: light-dark(#595959, #b3b3b3);
  --good: light-dark(#1a6b1a, #7ddb7d); --wait: light-dark(#7a5200, #f0c060); --bad: light-dark(#b00020, #ff8a8a);
}
body { margin: 1.5rem; background: Canvas; font: 0.875rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.25rem; } h2 { font-size: 1rem; } h2 small { margin-left: 0.5rem; font-weight: normal; }
dl { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; } dl div { display: flex; gap: 0.4rem; }
dd { margin: 0; font-weight: 600; }
.scroll { overflow-x: auto; border: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.4rem 0.8rem; vertical-align: top; }
th { font-weight: 500; white-space: nowrap; }
tbody tr { border-top: 1px solid var(--line); }
code, pre { font: 0.8rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: 0.3rem 0; white-space: pre-wrap; max-height: 14rem; overflow: auto; }
.nowrap, .state, .money, summary, button { white-space: nowrap; }
.quiet, .empty, dt, th, small { color: var(--quiet); }
.empty { margin: 0; padding: 0.8rem; }
.state, .warn { font-weight: 600; }
.good { color: var(--good); } .wait, .warn { color: var(--wait); } .bad { color: var(--bad); }
.target { display: inline-block; min-width: 18rem; }
/* Shortened to the eye alone: what is selected and copied is whole. */
.id { display: inline-block; width: 12.5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
details[open] { width: 28rem; max-width: 75vw; }
form { display: inline-flex; gap: 0.4rem; }
button, input { font: inherit; } input { width: 6.5rem; }
`;

/** Refreshes the page in place every two seconds, unless details are open or something is focused or selected. */
const SCRIPT = `
setInterval(async () => {
  if (document.hidden || document.querySelector("details[open], :focus-visible") || String(getSelection())) return;
  try {
    const text = await (await fetch("/")).text();
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (fresh) document.querySelector("main").replaceWith(fresh);
  } catch {}
}, 2000);
`;

const cspHash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Allows only the page's style and script, by their hashes, and requests to this server. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${cspHash(STYLE)}`,
  `script-src ${cspHash(SCRIPT)}`,
  "connect-src 'self'",
  "img-src data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Answers a GET or HEAD request with the page. */
export function sendDashboard(
  request: IncomingMessage,
  response: ServerResponse,
  { title, facts, note, tables }: Dashboard,
): void {
  const text = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="3"></noscript>
<style>${new Html(STYLE)}</style>
<main>
<h1>${title}</h1>
<dl>${Object.entries(facts).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${note}
${Object.entries(tables).map(([name, table]) => sectionView(name, table))}
</main>
<script>${new Html(SCRIPT)}</script>
</html>`.text;
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

function sectionView(title: string, { head, rows, total, empty }: Table): Html {
  const more = total > rows.length && html`<small>newest ${rows.length} of ${total}</small>`;
  const body =
    rows.length === 0
      ? html`<p class="empty">${empty}</p>`
      : html`<table><thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
  return html`<section><h2>${title}${more}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}">${body}</div></section>`;
}

/** @param ms  since the epoch */
export const timeCell = (ms: number): Html => {
  const text = new Date(ms).toISOString();
  return html`<time class="nowrap" datetime="${text}">${text.slice(0, 19).replace("T", " ")}</time>`;
};

/** @param ms  since the epoch */
export const clockTime = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
