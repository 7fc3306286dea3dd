import { randomUUID } from "node:crypto";
import { EngineConnection } from "./engine-connection";
import { parseRedisUrl } from "./redis-address";
import { ErrorReply, type Reply, SimpleString } from "./resp/reply";

/** What the engine ran, by upper-case name. */
export interface CommandCounts {
  readonly total: number;
  readonly byCommand: Readonly<Record<string, number>>;
}

export interface CommandCounter {
  /**
   * `commandstats`: the engine's own statistics; exact and free, scripts' commands are in the total without being
   * told apart. `monitor`: counted from MONITOR's feed, which an engine without statistics needs; commands that
   * failed before they ran are missing, and the engine is slower meanwhile.
   */
  readonly method: "commandstats" | "monitor";
  /** Everything run since the counter was opened or last reset, by any client and by scripts. */
  read(): Promise<CommandCounts>;
  reset(): Promise<void>;
  close(): void;
}

/** What clients and this counter need and nobody is billed for. */
const OVERHEAD = new Set(["PING", "AUTH", "SELECT", "HELLO", "INFO", "MONITOR", "MULTI", "EXEC", "CLIENT"]);

/**
 * Counts what an engine runs, commands called from scripts included, because Upstash bills those as well.
 * Subtract {@link GatewayStats} to learn what scripts called.
 *
 * @throws {EngineDownError} when the engine cannot be reached
 */
export async function openCommandCounter(redisUrl: string): Promise<CommandCounter> {
  const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
  const statistics = await readStatistics(connection);
  return statistics.size > 0 ? fromStatistics(connection, statistics) : fromMonitor(connection, redisUrl);
}

function fromStatistics(connection: EngineConnection, start: Map<string, number>): CommandCounter {
  let base = start;
  return {
    method: "commandstats",
    read: async () => {
      const now = await readStatistics(connection);
      return summarise([...now].map(([name, calls]) => [name, calls - (base.get(name) ?? 0)]));
    },
    reset: async () => {
      base = await readStatistics(connection);
    },
    close: () => connection.close(),
  };
}

/** `cmdstat_xgroup|create:calls=3,…`; subcommands count for their command. */
async function readStatistics(connection: EngineConnection): Promise<Map<string, number>> {
  const report = await connection.send(["INFO", "commandstats"]);
  const counts = new Map<string, number>();
  if (report instanceof ErrorReply) return counts;
  for (const [, name = "", calls] of String(report).matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    counts.set(name.toUpperCase(), (counts.get(name.toUpperCase()) ?? 0) + Number(calls));
  }
  return counts;
}

async function fromMonitor(feed: EngineConnection, redisUrl: string): Promise<CommandCounter> {
  const probe = await EngineConnection.open(parseRedisUrl(redisUrl));
  const counts = new Map<string, number>();
  const marks = new Map<string, () => void>();
  await new Promise<void>((resolve) => {
    feed.stream(["MONITOR"], (reply: Reply) => {
      const line = monitorLine(reply);
      if (line === null) return resolve();
      const reached = marks.get(line.firstArgument);
      if (reached !== undefined) reached();
      else counts.set(line.name, (counts.get(line.name) ?? 0) + 1);
    });
  });
  /** The feed lags behind: a command nobody else sends, seen in it, proves that all before it were. */
  const caughtUp = async (): Promise<void> => {
    const mark = `command-counter:${randomUUID()}`;
    const seen = new Promise<void>((resolve) => marks.set(mark, resolve));
    await probe.send(["EXISTS", mark]);
    await Promise.race([seen, feed.closed.then((error) => Promise.reject(error))]);
    marks.delete(mark);
  };
  return {
    method: "monitor",
    read: async () => {
      await caughtUp();
      return summarise([...counts]);
    },
    reset: async () => {
      await caughtUp();
      counts.clear();
    },
    close: () => {
      feed.close();
      probe.close();
    },
  };
}

/** Of a line like `1721284005.242090 [0 127.0.0.1:6000] "GET" "k"`; null for the opening OK. */
function monitorLine(reply: Reply): { name: string; firstArgument: string } | null {
  const text = reply instanceof SimpleString ? reply.text : "";
  const match = /^[\d.]+ \[[^\]]*\] "([^"]*)"(?: "([^"]*)")?/.exec(text);
  return match === null ? null : { name: (match[1] ?? "").toUpperCase(), firstArgument: match[2] ?? "" };
}

function summarise(counts: (readonly [name: string, calls: number])[]): CommandCounts {
  const relevant = counts.filter(([name, calls]) => calls > 0 && !OVERHEAD.has(name));
  return {
    total: relevant.reduce((sum, [, calls]) => sum + calls, 0),
    byCommand: Object.fromEntries(relevant),
  };
}
