import { type Cache as CachifiedCache, cachified, totalTtl } from "@epic-web/cachified";
import { createCache as createUnkeyCache, DefaultStatefulContext, Namespace } from "@unkey/cache";
import { MemoryStore, UpstashRedisStore } from "@unkey/cache/stores";
import { Redis } from "@upstash/redis";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { createCache } from "cache-manager";
import { Keyv } from "keyv";
import { z } from "zod";
import { CacheManager, defineNamespaces } from "@/lib/cache";
import { env } from "@/lib/core/env";
import type { ContestantName } from "./cache-protocol";

/** The calls that are compared: in-process memory over Redis, one minute's TTL, and default settings otherwise. */
export interface Contestant {
  getOrSet(key: string, load: () => Promise<string>): Promise<unknown>;
  /** With as few HTTP calls as the library can. */
  getMany(keys: string[]): Promise<unknown>;
}

const TTL_SECONDS = 60;
const TTL_MS = TTL_SECONDS * 1_000;

/** All contestants but lib/cache use the SDK with its default settings. */
function newUpstashRedis(): Redis {
  return new Redis({ url: env().UPSTASH_REDIS_REST_URL, token: env().UPSTASH_REDIS_REST_TOKEN });
}

/** Each function creates a new cache, with empty memory. */
export const contestants: Record<ContestantName, () => Contestant> = {
  "lib/cache": () => {
    const cache = new CacheManager(
      defineNamespaces({
        bench: { schema: z.string(), ttlSeconds: TTL_SECONDS, swrSeconds: 0, cacheNull: false },
      }),
    );
    return {
      getOrSet: (key, load) => cache.getOrSet("bench", key, load),
      getMany: (keys) => cache.getMany("bench", keys),
    };
  },

  bentocache: () => {
    const redis = newUpstashRedis();
    const upstash = {
      options: {},
      factory: () => new BentoUpstash(redis),
    };
    const cache = new BentoCache({
      default: "bench",
      stores: {
        bench: bentostore({ ttl: TTL_MS })
          .useL1Layer(memoryDriver({ maxItems: 10_000 }))
          .useL2Layer(upstash),
      },
    });
    return {
      getOrSet: (key, load) => cache.getOrSet({ key, factory: load }),
      getMany: (keys) => Promise.all(keys.map((key) => cache.get({ key }))),
    };
  },

  cachified: () => {
    const redis = newUpstashRedis();
    const memory = new Map<string, Awaited<ReturnType<CachifiedCache["get"]>>>();
    const cache: CachifiedCache = {
      get: async (key) => {
        const cached = memory.get(key);
        if (cached) return cached;
        const entry = await redis.get<NonNullable<typeof cached>>(`cachified:${key}`);
        if (entry) memory.set(key, entry);
        return entry;
      },
      set: async (key, entry) => {
        memory.set(key, entry);
        await redis.set(`cachified:${key}`, entry, { px: totalTtl(entry.metadata) });
      },
      delete: async (key) => {
        memory.delete(key);
        await redis.del(`cachified:${key}`);
      },
    };
    return {
      getOrSet: (key, load) => cachified({ key, cache, ttl: TTL_MS, getFreshValue: load }),
      getMany: (keys) => Promise.all(keys.map((key) => cache.get(key))),
    };
  },

  "cache-manager": () => {
    const redis = newUpstashRedis();
    const name = (key: string) => `cache-manager:${key}`;
    const store = {
      opts: {},
      get: async (key: string) => (await redis.get<string>(name(key))) ?? undefined,
      getMany: async (keys: string[]) =>
        (await redis.mget<(string | null)[]>(...keys.map(name))).map((value) => value ?? undefined),
      set: async (key: string, value: string, ttl?: number) => {
        await redis.set(name(key), value, { px: ttl ?? TTL_MS });
        return true;
      },
      delete: async (key: string) => (await redis.del(name(key))) === 1,
      clear: async () => {},
    };
    const cache = createCache({
      ttl: TTL_MS,
      stores: [new Keyv({ ttl: TTL_MS }), new Keyv({ store, ttl: TTL_MS })],
    });
    return {
      getOrSet: (key, load) => cache.wrap(key, load),
      getMany: (keys) => cache.mget(keys),
    };
  },

  "@unkey/cache": () => {
    const cache = createUnkeyCache({
      bench: new Namespace<string>(new DefaultStatefulContext(), {
        stores: [
          new MemoryStore({ persistentMap: new Map() }),
          new UpstashRedisStore({ redis: newUpstashRedis() }),
        ],
        fresh: TTL_MS,
        stale: TTL_MS,
      }),
    });
    return {
      getOrSet: (key, load) => cache.bench.swr(key, load),
      getMany: (keys) => Promise.all(keys.map((key) => cache.bench.get(key))),
    };
  },
};

/** bentocache has no driver for Redis over HTTP. */
class BentoUpstash {
  readonly type = "l2" as const;

  constructor(
    private readonly redis: Redis,
    private readonly prefix = "bentocache",
  ) {}

  namespace(namespace: string): BentoUpstash {
    return new BentoUpstash(this.redis, `${this.prefix}:${namespace}`);
  }

  async get(key: string): Promise<string | undefined> {
    const value = await this.redis.get<unknown>(this.name(key));
    return value === null ? undefined : JSON.stringify(value);
  }

  async pull(key: string): Promise<string | undefined> {
    const value = await this.redis.getdel<unknown>(this.name(key));
    return value === null ? undefined : JSON.stringify(value);
  }

  async set(key: string, value: string, ttl?: number): Promise<boolean> {
    await this.redis.set(this.name(key), value, { px: ttl ?? TTL_MS });
    return true;
  }

  async delete(key: string): Promise<boolean> {
    return (await this.redis.del(this.name(key))) === 1;
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    return (await this.redis.del(...keys.map((key) => this.name(key)))) > 0;
  }

  async clear(): Promise<void> {}

  async disconnect(): Promise<void> {}

  private name(key: string): string {
    return `${this.prefix}:${key}`;
  }
}
