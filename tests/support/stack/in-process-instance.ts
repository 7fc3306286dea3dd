import { vi } from "vitest";
import { resetProcessState } from "@/lib/core/process-state";

/** Another instance of the app in this process, with its own memory, breaker, connections and view of Redis. */
export interface InProcessInstance {
  sessions: typeof import("@/lib/sessions");
  deferredWork: typeof import("@/lib/core/defer").waitForDeferredWork;
  setClock: typeof import("@/lib/core/clock").setClock;
  injectFault: typeof import("@/lib/core/failpoint").injectFault;
  stop(): Promise<void>;
}

/** @param redisUrl  its Redis, by default this file's */
export async function startInProcessInstance(redisUrl?: string): Promise<InProcessInstance> {
  vi.resetModules();
  resetProcessState("cache", "sessionLease", "sessionsKnownInRedis");
  const before = process.env.UPSTASH_REDIS_REST_URL;
  if (redisUrl) process.env.UPSTASH_REDIS_REST_URL = redisUrl;
  try {
    const { env } = await import("@/lib/core/env");
    // Parses the environment now and caches it.
    env();
    const [sessions, { waitForDeferredWork: deferredWork }, { setClock }, { injectFault }, { disconnectDb }] =
      await Promise.all([
        import("@/lib/sessions"),
        import("@/lib/core/defer"),
        import("@/lib/core/clock"),
        import("@/lib/core/failpoint"),
        import("@/lib/db"),
      ]);
    return { sessions, deferredWork, setClock, injectFault, stop: disconnectDb };
  } finally {
    process.env.UPSTASH_REDIS_REST_URL = before;
  }
}
