import { AUDIT_ACTIONS } from "../../lib/audit/actions";
import { namespaces } from "../../lib/cache/namespaces";
import { envNames, envSchema } from "../../lib/core/env";
import { ERROR_STATUS } from "../../lib/core/errors";
import { FAILPOINTS } from "../../lib/core/failpoint";
import { locales } from "../../lib/core/locale";
import {
  DATA_CONTENT_POLICY,
  NONCE_HEADER,
  pageContentPolicy,
  setSecurityHeaders,
} from "../../lib/core/security-headers";
import { findPolicy, handlerPolicies, personPolicy } from "../../lib/rate-limit/policies";
import { routeRows } from "../../lib/rate-limit/routes.generated";
import { formatEventId } from "../../lib/realtime/channel-log";
import { STREAM_HEADERS } from "../../lib/realtime/open-stream";
import { keys } from "../../lib/redis/keys";
import { channelKinds } from "../../lib/schemas/channels";
import { queues } from "../../lib/tasks/catalogue";
import { lanes } from "../../lib/tasks/define-queue";
import { zodLines } from "./schema-lines";
import type { Sections } from "./sections";

/** Environment that the key builders read; none of it shows in a key. */
const SAMPLE_ENV = {
  NODE_ENV: "test",
  APP_URL: "https://normaldance.test",
  DATABASE_URL: "postgresql://nobody@127.0.0.1/none",
  UPSTASH_REDIS_REST_URL: "http://127.0.0.1",
  UPSTASH_REDIS_REST_TOKEN: "none",
  REDIS_KEY_PREFIX: "",
  QSTASH_TOKEN: "none",
  QSTASH_CURRENT_SIGNING_KEY: "none",
  QSTASH_NEXT_SIGNING_KEY: "none",
  AUTH_SECRET: "sample sample sample sample sample",
  CRON_SECRET: "sample sample sample",
} as const;

/** Arguments of a key builder, in order; a builder uses as many as it needs. */
const SAMPLE_PARTS = ["{1}", "{2}", "{3}", "{4}", "{5}"];

/** Strings of the code's catalogues, rendered by the modules themselves. Sets this process's environment. */
export function addCatalogues(sections: Sections): void {
  Object.assign(process.env, SAMPLE_ENV);
  addKeys(sections);
  sections.add("Audit actions", ...AUDIT_ACTIONS);
  sections.add("Failpoints", ...FAILPOINTS);
  sections.add("Locales", ...locales);
  for (const [code, status] of Object.entries(ERROR_STATUS)) sections.add("Error codes", `${code} ${status}`);
  for (const name of Object.keys(envSchema.shape)) sections.add("Environment of the app", ...envNames(name));
  for (const [name, { schema, cacheNull }] of Object.entries(namespaces)) {
    sections.add("Cache namespaces", `${name}${cacheNull ? " or null" : ""}`);
    sections.add("Cache namespaces", ...zodLines(schema).map((line) => `${name} ${line}`));
  }
  addQueues(sections);
  addChannels(sections);
  addLimits(sections);
  addHeaders(sections);
}

function addKeys(sections: Sections): void {
  for (const key of Object.values(keys) as (string | ((...parts: string[]) => string))[])
    sections.add("Redis keys", typeof key === "string" ? key : key(...SAMPLE_PARTS));
}

function addQueues(sections: Sections): void {
  for (const [name, { version, delivery, lane, payload }] of Object.entries(queues)) {
    sections.add("Queues", `${name} version ${version}, ${delivery}, lane ${lanes[lane].key}`);
    sections.add("Queues", ...zodLines(payload).map((line) => `${name} ${line}`));
  }
}

function addChannels(sections: Sections): void {
  for (const [kind, { hasId, events }] of Object.entries(channelKinds)) {
    const channel = hasId ? `${kind}:{id}` : kind;
    for (const [event, schema] of Object.entries(events)) {
      sections.add("Channel events", `${channel} ${event}`);
      sections.add("Channel events", ...zodLines(schema).map((line) => `${channel} ${event} ${line}`));
    }
  }
  sections.add("Event ids", formatEventId("{channel}", { epoch: "{epoch}", n: 1 }));
}

function addLimits(sections: Sections): void {
  // Paths without a row in the table: the default policies apply.
  const defaultRows = ["/_next/static/a", "/api/auth/a", "/api/a", "/a"].map((pattern) => ({ pattern }));
  for (const row of [...routeRows, ...defaultRows]) {
    const method = "method" in row ? row.method : undefined;
    const { pattern, policy, by } = findPolicy(row.pattern, method);
    const limit = policy ? `${policy.name} ${policy.limit}/${policy.windowSeconds} s` : "no limit";
    sections.add("Rate limits", `${pattern}: ${limit}${by ? ` by ${by}` : ""}`);
  }
  for (const { name, limit, windowSeconds } of [personPolicy, ...Object.values(handlerPolicies)])
    sections.add("Rate limits", `${name}: ${limit}/${windowSeconds} s`);
}

function addHeaders(sections: Sections): void {
  const heading = "Security headers";
  const withoutStore = { publicStoreUrl: null, uploadUrl: null };
  const withStore = { publicStoreUrl: "{public store}", uploadUrl: "{blob API}" };
  for (const [isHttps, stores] of [
    [false, withoutStore],
    [true, withoutStore],
    [true, withStore],
  ] as const) {
    const context = { isHttps, isDevelopment: false, ...stores };
    for (const policy of [pageContentPolicy("{nonce}", context), DATA_CONTENT_POLICY]) {
      const headers = new Headers();
      setSecurityHeaders(headers, policy, context);
      for (const [name, value] of headers) sections.add(heading, `${name}: ${value}`);
    }
  }
  for (const [name, value] of Object.entries(STREAM_HEADERS))
    sections.add("Event stream headers", `${name}: ${value}`);
  sections.add(heading, NONCE_HEADER);
}
