import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { signAccessToken } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { startDistanceProxy } from "@/tests/support/proxies/distance-proxy";
import { startBackends } from "./backends";

/**
 * `npm run bench:limits-distance`: how exact the gate's limits are, and what they cost, with Redis at several distances.
 * The isolates are instances of the middleware as it is bundled for the edge, each with its own process memory and
 * connections. All of them begin cold and send one user's requests as fast as they are answered.
 */

const ROUND_TRIPS_MS = [2, 20, 80];
const ISOLATES = [1, 8, 30];
/** Requests of one user, spread over the isolates. */
const REQUESTS = 120;
const ROUTES = [
  { policy: "strict", limit: 10, path: "/api/orders", method: "POST" },
  { policy: "default", limit: 100, path: "/api/posts", method: "GET" },
] as const;

type Middleware = (
  request: Request,
  event: { waitUntil(promise: Promise<unknown>): void },
) => Promise<Response>;

const bundle = path.resolve("node_modules/.cache/limits-distance.mjs");
await build({
  entryPoints: ["middleware.ts"],
  outfile: bundle,
  bundle: true,
  format: "esm",
  platform: "browser",
  conditions: ["edge-light", "worker"],
  alias: { "@": path.resolve(), "next/server": "next/server.js" },
  external: ["next/server.js"],
  logLevel: "error",
});

let lastIsolate = 0;
const backends = await startBackends();
Object.assign(process.env, backends.env, { REDIS_EDGE_TIMEOUT_MS: "", REDIS_FIRST_CALL_TIMEOUT_MS: "" });
try {
  console.log(
    `${backends.description.split(";")[0]}; Node ${process.version}; ${REQUESTS} requests of one user\n`,
  );
  console.log("| policy, limit | Redis away | isolates | passed | without Redis | median ms | p95 ms |");
  console.log("|---|---:|---:|---:|---:|---:|---:|");
  for (const route of ROUTES)
    for (const roundTripMs of ROUND_TRIPS_MS)
      for (const isolates of ISOLATES) {
        const { passed, degraded, waits } = await measure(route, roundTripMs, isolates);
        console.log(
          `| ${route.policy}, ${route.limit} | ${roundTripMs} ms | ${isolates} | ${passed} | ${degraded} | ${percentile(waits, 0.5)} | ${percentile(waits, 0.95)} |`,
        );
      }
} finally {
  await backends.stop();
}
process.exit(0);

interface Measurement {
  passed: number;
  /** Decisions that an isolate made without a reply of Redis. */
  degraded: number;
  /** Milliseconds per request. */
  waits: number[];
}

async function measure(
  { path: route, method }: (typeof ROUTES)[number],
  roundTripMs: number,
  isolates: number,
): Promise<Measurement> {
  const proxy = await startDistanceProxy({ host: "127.0.0.1", port: backends.gateway.port }, roundTripMs);
  process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
  const user = { userId: newId(), sessionId: newId(), seq: 1, role: "listener", name: "x" } as const;
  const authorization = `Bearer ${await signAccessToken(user, 600)}`;
  const gates = await Promise.all(Array.from({ length: isolates }, newIsolate));
  const measurement: Measurement = { passed: 0, degraded: 0, waits: [] };
  const pending: Promise<unknown>[] = [];
  await Promise.all(
    gates.map(async (gate, index) => {
      for (let n = index; n < REQUESTS; n += isolates) {
        const startedAt = performance.now();
        const request = new Request(`http://localhost${route}`, { method, headers: { authorization } });
        const { status, headers } = await gate(request, { waitUntil: (work) => pending.push(work) });
        measurement.waits.push(performance.now() - startedAt);
        if (status !== 429) measurement.passed += 1;
        if (headers.has("ratelimit-degraded")) measurement.degraded += 1;
      }
    }),
  );
  await Promise.all(pending);
  await proxy.close();
  return measurement;
}

/** A query makes Node load the module again. */
async function newIsolate(): Promise<Middleware> {
  lastIsolate += 1;
  const { middleware } = await import(`${pathToFileURL(bundle).href}?isolate=${lastIsolate}`);
  return middleware;
}

function percentile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
}
