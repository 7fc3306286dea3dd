import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isLocalHostHeader, isSameOriginPage } from "../../http/same-origin";
import { sendJson } from "../../http/server";
import { retryDeadLetters } from "../api/dead-letters";
import type { Api } from "../api/router";
import { overview } from "./overview";
import { SCRIPT, STYLE } from "./style";

/**
 * Answers `/` and the forms on it; returns false for all other paths. Requires no token, so requests are checked
 * against DNS rebinding and CSRF (../../http/same-origin.ts).
 */
export function handlePage(api: Api, request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? "").split("?")[0] ?? "";
  const action = /^\/letters\/([^/]+)\/(retry|delete)$/.exec(path);
  if (path !== "/" && !action) return false;
  request.resume();
  if (!isLocalHostHeader(request)) {
    sendJson(response, 403, { error: "open this page under an address or localhost" });
  } else if (path === "/" && (request.method === "GET" || request.method === "HEAD")) {
    sendPage(api, request, response);
  } else if (!action || request.method !== "POST") {
    sendJson(response, 405, { error: `method ${request.method} is not allowed here` });
  } else if (!isSameOriginPage(request)) {
    sendJson(response, 403, { error: "this can only be asked for from the page itself" });
  } else {
    void handleAction(api, response, action[1] ?? "", action[2] ?? "");
  }
  return true;
}

async function handleAction(
  api: Api,
  response: ServerResponse,
  dlqId: string,
  action: string,
): Promise<void> {
  const letter = api.store.state.deadLetters.get(dlqId);
  try {
    if (letter && action === "retry") retryDeadLetters(api, [letter], new Map());
    if (letter && action === "delete") api.store.commit({ t: "lettersRemoved", ids: [dlqId] });
    await api.store.durable();
    response.writeHead(303, { location: "/", "content-length": 0 }).end();
  } catch (error) {
    sendJson(response, 503, { error: error instanceof Error ? error.message : "unavailable" });
  }
}

function sendPage(api: Api, request: IncomingMessage, response: ServerResponse): void {
  const text = overview(api);
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

const cspHash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** Allows only the page's style and script, by their hashes, and requests to this server. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${cspHash(STYLE)}`,
  `script-src ${cspHash(SCRIPT)}`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");
