import { badRequest } from "../errors";
import { parseCount, parseFilter, parseValues } from "../filters";
import type { LogState } from "../model";
import { logView } from "../views";
import type { Call, Route } from "./router";

const MAX_COUNT = 1000;
const DEFAULT_COUNT = 100;

/** One log under two names: the SDK requests events, the documentation logs. */
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

const LOG_STATES: Record<string, LogState[]> = {
  CREATED: ["CREATED"],
  ACTIVE: ["ACTIVE"],
  ERROR: ["ERROR"],
  RETRY: ["RETRY"],
  IN_PROGRESS: ["ACTIVE", "ERROR", "RETRY"],
  DELIVERED: ["DELIVERED"],
  FAILED: ["FAILED"],
  CANCEL_REQUESTED: ["CANCEL_REQUESTED"],
  CANCELED: ["CANCELED"],
  CANCELLED: ["CANCELED"], // the documentation's spelling; the SDK uses the one above
};

function readLog({ api, query }: Call): { entries: ReturnType<typeof logView>[]; cursor?: string } {
  const filter = parseFilter(query, ["messageId", "messageIds", "state", "host", "path"]);
  const limit = parseCount(query, DEFAULT_COUNT, MAX_COUNT);
  const messageIds = parseValues(query, "messageIds") ?? parseValues(query, "messageId");
  const states = parseStates(query);
  const entries: ReturnType<typeof logView>[] = [];
  let lastSeq = 0;
  for (const { entry, message } of api.store.state.log.newestFirst(parseCursor(query))) {
    if (messageIds && !messageIds.has(entry.messageId)) continue;
    if (states && !states.has(entry.state)) continue;
    if (!filter.matches(message, entry.time)) continue;
    if (entries.length === limit) return { entries, cursor: String(lastSeq) };
    entries.push(logView(entry, message));
    lastSeq = entry.seq;
  }
  return { entries };
}

function parseStates(query: URLSearchParams): Set<LogState> | null {
  const names = parseValues(query, "state");
  if (!names) return null;
  const states = new Set<LogState>();
  for (const name of names) {
    const matchingStates = LOG_STATES[name.toUpperCase()];
    if (!matchingStates && !name.includes(",")) throw badRequest(`unknown state "${name}"`);
    for (const state of matchingStates ?? []) states.add(state);
  }
  return states;
}

function parseCursor(query: URLSearchParams): number | undefined {
  const cursor = query.get("cursor");
  if (cursor === null || cursor === "") return undefined;
  if (!/^\d{1,15}$/.test(cursor)) throw badRequest(`invalid cursor "${cursor}"`);
  return Number(cursor);
}
