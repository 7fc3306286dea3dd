import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { Html, html } from "../../http/html";
import { preferredLanguage } from "../../http/preferred-language";
import { sendJson } from "../../http/server";
import { texts } from "./texts";

interface PageContext {
  smtpUrl: string;
}

const PAGE_DIR = import.meta.dirname;

/** Files of the page, by URL path. */
const ASSETS: Record<string, { file: string; type: string }> = {
  "/mailbox.js": { file: path.join(PAGE_DIR, "mailbox.js"), type: "text/javascript; charset=utf-8" },
  "/style.css": { file: path.join(PAGE_DIR, "style.css"), type: "text/css; charset=utf-8" },
};

/** Answers `/` and its assets. */
export async function handlePage(
  { smtpUrl }: PageContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const asset = Object.hasOwn(ASSETS, url.pathname) ? ASSETS[url.pathname] : undefined;
  if (asset) return sendBytes(response, asset.type, await readFile(asset.file));
  if (url.pathname !== "/") return sendJson(response, 404, { error: "there is no such page" });
  const language = preferredLanguage(request.headers);
  const data = JSON.stringify({ language, texts: texts[language] });
  response.setHeader("content-security-policy", PAGE_POLICY);
  sendBytes(response, "text/html; charset=utf-8", Buffer.from(renderShell(language, data, smtpUrl)));
}

/** Allows only the page's own files; mails are shown in frames, which have another policy (content.ts). */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

function sendBytes(response: ServerResponse, type: string, body: Buffer): void {
  response.writeHead(200, { "content-type": type, "content-length": body.length });
  response.end(body);
}

function renderShell(language: keyof typeof texts, data: string, smtpUrl: string): string {
  const text = texts[language];
  return html`<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text.title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<script type="application/json" id="data">${new Html(data.replaceAll("<", "\\u003c"))}</script>
<script type="module" src="/mailbox.js"></script>
<header>
<h1>${text.heading}</h1>
<search><input id="search" type="search" aria-label="${text.search}" placeholder="${text.search}" autocomplete="off"></search>
<button id="clear" type="button">${text.clear}</button>
<button id="language" type="button" lang="${text.otherLanguage.code}">${text.otherLanguage.name}</button>
</header>
<nav aria-label="${text.list}">
<ol id="mails"></ol>
<button id="more" type="button" hidden>${text.more}</button>
<div id="empty" hidden><p><b>${text.empty}</b></p><p>${text.emptyHint}</p><p><code>SMTP_URL=${smtpUrl}</code></p></div>
<p id="nothing" hidden>${text.nothingFound}</p>
</nav>
<main id="mail"></main>
<p id="lost" role="alert" hidden>${text.lost}</p>
<p id="said" role="status" class="unseen"></p>
</html>`.text;
}
