import { badRequest } from "../errors";
import { countOf, parseFilter, values } from "../filters";
import type { LogState } from "../model";
import { logView } from "../views";
import type { Call, Route } from "./router";

const MAX_COUNT = 1000;
const DEFAULT_COUNT = 100;

/** One log under two names: the SDK asks for events, the documentation for logs. */
export const logRoutes: Route[] = [
  {
    method: "GET",
    pattern: "/v2/events",
    handle(call) {
      const { entries, cursor } = readLog(call);
      return { body: { events: entries, cursor } };
    },
  },
  {
    method: "GET",
    pattern: "/v2/logs",
    handle(call) {
      const { entries, cursor } = readLog(call);
      return { body: { logs: entries, cursor } };
    },
  },
];

const STATES: Record<string, LogState[]> = {
  CREATED: ["CREATED"],
  ACTIVE: ["ACTIVE"],
  ERROR: ["ERROR"],
  RETRY: ["RETRY"],
  IN_PROGRESS: ["ACTIVE", "ERROR", "RETRY"],
  DELIVERED: ["DELIVERED"],
  FAILED: ["FAILED"],
  CANCEL_REQUESTED: ["CANCEL_REQUESTED"],
  CANCELED: ["CANCELED"],
  CANCELLED: ["CANCELED"], // the documentation's spelling; the SDK has the other
};

function readLog({ api, query }: Call): { entries: ReturnType<typeof logView>[]; cursor?: string } {
  const filter = parseFilter(query, ["messageId", "messageIds", "state", "host", "path"]);
  const limit = countOf(query, DEFAULT_COUNT, MAX_COUNT);
  const messageIds = values(query, "messageIds") ?? values(query, "messageId");
  const states = statesOf(query);
  const entries: ReturnType<typeof logView>[] = [];
  let lastSeq = 0;
  for (const { entry, message } of api.store.state.log.newestFirst(cursorOf(query))) {
    if (messageIds && !messageIds.has(entry.messageId)) continue;
    if (states && !states.has(entry.state)) continue;
    if (!filter.matches(message, entry.time)) continue;
    if (entries.length === limit) return { entries, cursor: String(lastSeq) };
    entries.push(logView(entry, message));
    lastSeq = entry.seq;
  }
  return { entries };
}

function statesOf(query: URLSearchParams): Set<LogState> | null {
  const given = values(query, "state");
  if (!given) return null;
  const states = new Set<LogState>();
  for (const name of given) {
    const meant = STATES[name.toUpperCase()];
    if (!meant && !name.includes(",")) throw badRequest(`unknown state "${name}"`);
    for (const state of meant ?? []) states.add(state);
  }
  return states;
}

function cursorOf(query: URLSearchParams): number | undefined {
  const cursor = query.get("cursor");
  if (cursor === null || cursor === "") return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw badRequest(`invalid cursor "${cursor}"`);
  return Number(cursor);
}
