import type { IncomingMessage, ServerResponse } from "node:http";
import { sendDashboard } from "../../http/dashboard";
import { isLocalHostHeader, isSameOriginPage } from "../../http/same-origin";
import { sendJson } from "../../http/server";
import { retryDeadLetters } from "../api/dead-letters";
import type { Api } from "../api/router";
import { overview } from "./overview";

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
    sendDashboard(request, response, overview(api));
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
