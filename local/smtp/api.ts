import type { IncomingMessage, ServerResponse } from "node:http";
import { ZodError, z } from "zod";
import { BodyTooLargeError, readBody, sendJson } from "../http/server";
import { type Faults, faultSchema } from "./faults";
import { describeMail, type MailSummary, parseMail } from "./mail";
import type { MailStore } from "./mail-store";

const MAX_BODY_BYTES = 10_000;
const DEFAULT_PAGE_SIZE = 50;

const listQuerySchema = z.object({
  /** Only mails to exactly this address. */
  to: z.string().toLowerCase().optional(),
  /** Only mails that contain all of these words. */
  q: z.string().toLowerCase().default(""),
  /** Only mails older than this one. */
  before: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(DEFAULT_PAGE_SIZE),
});

interface ApiContext {
  store: MailStore;
  faults: Faults;
}

/**
 * Answers `/api/…`:
 *
 *     GET    /api/messages?to=&q=&before=&limit=   { items, nextCursor, total }, newest first
 *     DELETE /api/messages                         all of them, or those ?to= one address
 *     GET    /api/messages/{id}                    with text, html, headers, attachments
 *     DELETE /api/messages/{id}
 *     GET, PUT, DELETE /api/faults                 the injected fault (faults.ts)
 */
export async function handleApi(
  { store, faults }: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const [, , kind, id, ...rest] = url.pathname.split("/");
  const endpoint = `${request.method} ${kind}${id === undefined ? "" : "/id"}`;
  if (rest.length > 0) return notFound(response);
  try {
    switch (endpoint) {
      case "GET messages":
        return sendJson(response, 200, listMails(store, url));
      case "DELETE messages":
        return await remove(store, response, matchingIds(store, url));
      case "GET messages/id":
        return await sendMessage(store, response, id ?? "");
      case "DELETE messages/id":
        return store.get(id ?? "") ? await remove(store, response, [id ?? ""]) : notFound(response);
      case "GET faults":
        return sendJson(response, 200, { fault: faults.current });
      case "PUT faults":
        faults.set(faultSchema.parse(JSON.parse((await readBody(request, MAX_BODY_BYTES)).toString())));
        return sendJson(response, 200, { fault: faults.current });
      case "DELETE faults":
        faults.clear();
        return sendJson(response, 200, { fault: null });
      default:
        return kind === "messages" || (kind === "faults" && id === undefined)
          ? sendJson(response, 405, { error: `${request.method} is not allowed here` })
          : notFound(response);
    }
  } catch (error) {
    if (error instanceof ZodError || error instanceof SyntaxError)
      return sendJson(response, 400, { error: error.message });
    if (error instanceof BodyTooLargeError) return sendJson(response, 413, { error: error.message });
    throw error;
  }
}

function listMails(store: MailStore, url: URL) {
  const { before, limit } = listQuerySchema.parse(Object.fromEntries(url.searchParams));
  const all = store.list();
  const found = filterMails(all, url);
  const rest = before === undefined ? found : found.filter(({ id }) => id < before);
  const items = rest.slice(0, limit).map((summary) => withRepeatFlag(summary, all));
  return { items, nextCursor: rest.length > limit ? items.at(-1)?.id : null, total: found.length };
}

function matchingIds(store: MailStore, url: URL): string[] {
  return filterMails(store.list(), url).map(({ id }) => id);
}

function filterMails(all: readonly MailSummary[], url: URL): MailSummary[] {
  const { to, q } = listQuerySchema.parse(Object.fromEntries(url.searchParams));
  const words = q.split(/\s+/).filter(Boolean);
  return all.filter(
    (mail) =>
      (to === undefined || mail.to.some((recipient) => recipient.toLowerCase() === to)) &&
      words.every((word) => mail.searchText.includes(word)),
  );
}

/** A mail with the `Message-ID` of an earlier one is a repeat: its sender missed the first reply. */
function withRepeatFlag({ searchText: _, ...summary }: MailSummary, all: readonly MailSummary[]) {
  const { id, messageId } = summary;
  const repeat = messageId !== "" && all.some((other) => other.messageId === messageId && other.id < id);
  return { ...summary, repeat };
}

async function sendMessage(store: MailStore, response: ServerResponse, id: string): Promise<void> {
  const summary = store.get(id);
  const raw = await store.read(id);
  if (!summary || !raw) return notFound(response);
  sendJson(response, 200, {
    ...withRepeatFlag(summary, store.list()),
    ...describeMail(await parseMail(raw)),
  });
}

async function remove(store: MailStore, response: ServerResponse, ids: string[]): Promise<void> {
  await store.remove(ids);
  sendJson(response, 200, { deleted: ids.length });
}

function notFound(response: ServerResponse): void {
  sendJson(response, 404, { error: "there is no such thing" });
}
