import { badRequest, notFound } from "../errors";
import { parseInteger } from "../filters";
import { rateAvailableAt } from "../flow-state";
import type { FlowKey } from "../model";
import type { Answer, Api, Call, Route } from "./router";

export const flowControlRoutes: Route[] = [
  {
    method: "GET",
    pattern: "/v2/flowControl",
    handle: ({ api, query }) => ({ body: listFlowKeys(api, query) }),
  },
  { method: "GET", pattern: "/v2/flowControl/:key", handle: getFlowKey },
  { method: "POST", pattern: "/v2/flowControl/:key/pause", handle: (call) => setPaused(call, true) },
  { method: "POST", pattern: "/v2/flowControl/:key/resume", handle: (call) => setPaused(call, false) },
  { method: "POST", pattern: "/v2/flowControl/:key/pin", handle: pin },
  { method: "POST", pattern: "/v2/flowControl/:key/unpin", handle: unpin },
  { method: "POST", pattern: "/v2/flowControl/:key/resetRate", handle: resetRate },
  // The older name of resetRate. Attempts in flight are counted exactly and need no reset.
  { method: "POST", pattern: "/v2/flowControl/:key/reset", handle: resetRate },
  { method: "GET", pattern: "/v2/globalParallelism", handle: globalParallelism },
];

export function listFlowKeys(api: Api, query: URLSearchParams = new URLSearchParams()) {
  const search = query.get("search") ?? "";
  return [...api.store.state.flowKeys.values()]
    .filter(({ key }) => key.includes(search))
    .map((key) => flowKeyView(api, key));
}

function flowKeyView(api: Api, key: FlowKey) {
  const now = api.store.now();
  // An ended period has no count, although only the next attempt resets it.
  const isPeriodOver = now >= key.periodStart + key.period * 1000;
  return {
    flowControlKey: key.key,
    waitListSize: api.dispatcher.waitListSize(key.key),
    parallelismMax: key.parallelism,
    parallelismCount: api.dispatcher.activeCount(key.key),
    rateMax: key.rate,
    rateCount: isPeriodOver && rateAvailableAt(key, now) <= now ? 0 : key.rateCount,
    ratePeriod: key.period,
    ratePeriodStart: Math.floor(key.periodStart / 1000),
    isPaused: key.paused,
    isPinnedParallelism: key.pinnedParallelism,
    isPinnedRate: key.pinnedRate,
  };
}

function getFlowKey({ api, params }: Call): Answer {
  const key = api.store.state.flowKeys.get(params.key ?? "");
  if (!key) throw notFound(`flow control key ${params.key}`);
  return { body: flowKeyView(api, key) };
}

function setPaused({ api, params }: Call, paused: boolean): Answer {
  const key = params.key ?? "";
  api.store.commit({ t: "flowPaused", key, paused });
  api.dispatcher.onFlowChanged(key);
  return {};
}

function pin({ api, params, query }: Call): Answer {
  const key = params.key ?? "";
  const parallelism = parsePositive(query, "parallelism");
  const rate = parsePositive(query, "rate");
  const period = parsePositive(query, "period");
  if (parallelism === undefined && rate === undefined) throw badRequest("parallelism or rate is missing");
  if (period !== undefined && rate === undefined) throw badRequest("a period needs a rate");
  api.store.commit({ t: "flowPinned", key, parallelism, rate, period });
  api.dispatcher.onFlowChanged(key);
  return {};
}

function unpin({ api, params, query }: Call): Answer {
  const key = params.key ?? "";
  const flag = (name: string): boolean => query.get(name) === "true";
  api.store.commit({ t: "flowUnpinned", key, parallelism: flag("parallelism"), rate: flag("rate") });
  api.dispatcher.onFlowChanged(key);
  return {};
}

function resetRate({ api, params }: Call): Answer {
  const key = params.key ?? "";
  api.store.commit({ t: "flowRateReset", key });
  api.dispatcher.onFlowChanged(key);
  return {};
}

function globalParallelism({ api }: Call): Answer {
  return {
    body: {
      parallelismMax: api.store.state.limits.globalParallelism,
      parallelismCount: api.dispatcher.activeTotal,
    },
  };
}

function parsePositive(query: URLSearchParams, name: string): number | undefined {
  const value = parseInteger(query, name);
  if (value === 0) throw badRequest(`${name} must be a whole number from 1`);
  return value;
}
