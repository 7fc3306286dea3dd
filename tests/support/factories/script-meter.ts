import { redis, resetRedisForTest } from "@/lib/redis";
import { EngineConnection } from "@/local/redis/engine-connection";
import { startRedisGateway } from "@/local/redis/gateway";
import { parseRedisUrl } from "@/local/redis/redis-address";
import { workerStack } from "@/tests/support/stack/worker-stack";

/** Scripts that are faster than this do not appear in the log, whose own cost would appear in their times. */
const LOGGED_FROM_US = 1_000;

export interface ScriptMeter {
  /** Runs Lua directly, to fill Redis with more than requests could. */
  fill(lua: string, keys: readonly string[], ...args: (string | number)[]): Promise<void>;
  /**
   * How long the longest script of some work takes (ms, by Redis' own clock; 0 below one). That clock also counts the
   * time in which another process had the processor. So it is not more than what Redis used of the processor for all of
   * the work, and the lowest of several rounds.
   */
  longestScriptMs(
    rounds: number,
    prepare: () => Promise<unknown>,
    work: () => Promise<unknown>,
  ): Promise<number>;
  close(): Promise<void>;
}

/**
 * Makes this file's Redis client use a gateway without the strict mode, whose checks are Lua in front of every script and
 * take longer than most of them.
 */
export async function startScriptMeter(): Promise<ScriptMeter> {
  const url = new URL(workerStack().redisUrl);
  url.pathname = "/1";
  const gateway = await startRedisGateway({
    port: 0,
    token: "test",
    redisUrl: url.toString(),
    strict: false,
  });
  process.env.UPSTASH_REDIS_REST_URL = gateway.url;
  resetRedisForTest();
  const engine = await EngineConnection.open(parseRedisUrl(url.toString()));
  await engine.send(["CONFIG", "SET", "slowlog-log-slower-than", String(LOGGED_FROM_US)]);
  await engine.send(["CONFIG", "SET", "slowlog-max-len", "10000"]);

  async function takeLongestMs(): Promise<number> {
    const entries = await engine.send(["SLOWLOG", "GET", "-1"]);
    if (!Array.isArray(entries)) throw new Error("Redis has no log of slow commands");
    const scripts = entries.filter(
      (entry) => Array.isArray(entry) && Array.isArray(entry[3]) && /^eval/i.test(String(entry[3][0])),
    );
    return Math.max(0, ...scripts.map((entry) => (Array.isArray(entry) ? Number(entry[2]) / 1_000 : 0)));
  }

  /** What the thread that runs commands has used of the processor. */
  async function processorMs(): Promise<number> {
    const report = String(await engine.send(["INFO", "cpu"]));
    const seconds = [...report.matchAll(/^used_cpu_(?:sys|user)_main_thread:([\d.]+)/gm)];
    if (seconds.length !== 2) throw new Error("Redis does not report what its thread used");
    return seconds.reduce((sum, [, used]) => sum + Number(used) * 1_000, 0);
  }

  return {
    fill: async (lua, keys, ...args) => {
      await engine.send(["EVAL", lua, String(keys.length), ...keys, ...args.map(String)]);
    },
    longestScriptMs: async (rounds, prepare, work) => {
      const longest: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await prepare();
        await engine.send(["SLOWLOG", "RESET"]);
        const usedMs = await processorMs();
        await work();
        longest.push(Math.min(await takeLongestMs(), (await processorMs()) - usedMs));
      }
      return Math.min(...longest);
    },
    close: async () => {
      await redis().flushdb();
      engine.close();
      await gateway.close();
    },
  };
}
