import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { isCrossOrigin, isLocalHostHeader } from "../http/same-origin";
import { sendJson } from "../http/server";
import { handleApi } from "./api";
import { handleContent } from "./content";
import { handleEvents } from "./events";
import type { Faults } from "./faults";
import type { MailStore } from "./mail-store";
import { handlePage } from "./page/page";

interface MailboxContext {
  store: MailStore;
  faults: Faults;
  smtpUrl: string;
}

/** Serves the mailbox over HTTP: page, API, events and the contents of mails. */
export function mailboxHandler(mailbox: MailboxContext): RequestListener {
  return (request, response) => {
    handleRequest(mailbox, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  };
}

async function handleRequest(
  mailbox: MailboxContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("referrer-policy", "no-referrer");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("cache-control", "no-store");
  if (!isLocalHostHeader(request)) {
    return sendJson(response, 403, { error: "open this page under an address or localhost" });
  }
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead && isCrossOrigin(request)) {
    return sendJson(response, 403, { error: "this can only be asked for from the page itself" });
  }
  if (url.pathname === "/api/events") return handleEvents(mailbox.store, request, response);
  if (url.pathname.startsWith("/api/")) return handleApi(mailbox, request, response, url);
  if (!isRead) return sendJson(response, 405, { error: `${request.method} is not allowed here` });
  if (url.pathname.startsWith("/messages/")) return handleContent(mailbox.store, response, url);
  return handlePage(mailbox, request, response, url);
}
