import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { Html, html } from "../../http/html";
import { preferredLanguage } from "../../http/preferred-language";
import { sendJson } from "../../http/server";
import type { TelegramContext } from "../context";
import { texts } from "./texts";

const PAGE_DIR = import.meta.dirname;
const STYLE_TYPE = "text/css; charset=utf-8";
const SCRIPT_TYPE = "text/javascript; charset=utf-8";

/** Files of the page, by URL path, with their types. */
const ASSETS: Record<string, string> = {
  "/phone.js": SCRIPT_TYPE,
  "/chat-view.js": SCRIPT_TYPE,
  "/composer.js": SCRIPT_TYPE,
  "/dialogs.js": SCRIPT_TYPE,
  "/dom.js": SCRIPT_TYPE,
  "/log-view.js": SCRIPT_TYPE,
  "/menu.js": SCRIPT_TYPE,
  "/render-text.js": SCRIPT_TYPE,
  "/side-view.js": SCRIPT_TYPE,
  "/chat.css": STYLE_TYPE,
  "/messages.css": STYLE_TYPE,
  "/panels.css": STYLE_TYPE,
  "/style.css": STYLE_TYPE,
};
/** A bot's link, as `https://t.me/<username>?start=…`. */
const BOT_LINK = /^\/[A-Za-z]\w{3,31}$/;

/** Answers `/`, `/<username of a bot>`, the page's assets, and files of messages under `/media/<file id>`. */
export async function handlePage(
  context: TelegramContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { pathname } = url;
  const type = Object.hasOwn(ASSETS, pathname) ? ASSETS[pathname] : undefined;
  if (type) return sendBytes(response, type, await readFile(path.join(PAGE_DIR, pathname)));
  if (pathname.startsWith("/media/")) return sendMedia(context, response, pathname.slice("/media/".length));
  if (pathname !== "/" && !BOT_LINK.test(pathname))
    return sendJson(response, 404, { error: "there is no such page" });
  const language = preferredLanguage(request.headers);
  response.setHeader("content-security-policy", PAGE_POLICY);
  sendBytes(response, "text/html; charset=utf-8", Buffer.from(renderShell(language)));
}

/** Allows only the page's own files. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Pictures are shown, everything else is downloaded: a file may be HTML that a bot got from anywhere. */
async function sendMedia({ store, files }: TelegramContext, response: ServerResponse, fileId: string) {
  const file = store.state.tables.files.get(fileId);
  const bytes = file && (await files.read(file.fileId));
  if (!file || !bytes) return sendJson(response, 404, { error: "there is no such file" });
  const isPicture = file.width !== undefined;
  response.setHeader("content-security-policy", "default-src 'none'; sandbox");
  if (!isPicture)
    response.setHeader(
      "content-disposition",
      `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    );
  sendBytes(response, isPicture ? file.mimeType : "application/octet-stream", bytes);
}

function sendBytes(response: ServerResponse, type: string, body: Buffer): void {
  response.writeHead(200, { "content-type": type, "content-length": body.length });
  response.end(body);
}

function renderShell(language: keyof typeof texts): string {
  const text = texts[language];
  const data = JSON.stringify({ language, texts: text });
  return html`<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<title>${text.title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<link rel="stylesheet" href="/chat.css">
<link rel="stylesheet" href="/messages.css">
<link rel="stylesheet" href="/panels.css">
<script type="application/json" id="data">${new Html(data.replaceAll("<", "\\u003c"))}</script>
<script type="module" src="/phone.js"></script>
<nav id="side" aria-label="${text.chats}">
<header><h1>${text.title}</h1><button id="language" type="button" lang="${text.otherLanguage.code}">${text.otherLanguage.name}</button></header>
<div id="who"><label for="user">${text.you}</label><select id="user"></select><button id="new-user" type="button">${text.newUser}</button></div>
<ul id="bots"></ul>
<div id="no-bots" hidden></div>
<button id="new-bot" type="button">${text.newBot}</button>
</nav>
<main id="chat"></main>
<aside id="log" aria-label="${text.log}" hidden></aside>
<p id="lost" role="alert" hidden>${text.lost}</p>
<p id="toast" role="status"></p>
<dialog id="dialog"></dialog>
</html>`.text;
}
