import { randomUUID } from "node:crypto";
import { EngineConnection } from "./engine-connection";
import { parseRedisUrl } from "./redis-address";
import { ErrorReply, type Reply, SimpleString } from "./resp/reply";

/** Commands that the engine ran, by upper-case name. */
export interface CommandCounts {
  readonly total: number;
  readonly byCommand: Readonly<Record<string, number>>;
}

export interface CommandCounter {
  /**
   * `commandstats`: the engine's statistics, exact and without overhead; the commands of scripts are counted but not
   * listed separately. `monitor`: counted from the MONITOR feed, for an engine without statistics; commands that
   * failed before they ran are missing, and the engine is slower meanwhile.
   */
  readonly method: "commandstats" | "monitor";
  /** Commands of all clients and scripts since the counter was opened or last reset. */
  read(): Promise<CommandCounts>;
  reset(): Promise<void>;
  close(): void;
}

/** Commands of clients and of this counter that Upstash does not bill. */
const UNBILLED_COMMANDS = new Set([
  "PING",
  "AUTH",
  "SELECT",
  "HELLO",
  "INFO",
  "MONITOR",
  "MULTI",
  "EXEC",
  "CLIENT",
]);

/**
 * Counts the commands that an engine runs, those called by scripts included, because Upstash bills them too.
 * Subtract {@link GatewayStats} to get the commands called by scripts.
 *
 * @throws {EngineDownError} when the engine cannot be reached
 */
export async function openCommandCounter(redisUrl: string): Promise<CommandCounter> {
  const connection = await EngineConnection.open(parseRedisUrl(redisUrl));
  const statistics = await readCommandStats(connection);
  return statistics.size > 0
    ? counterFromStats(connection, statistics)
    : counterFromMonitor(connection, redisUrl);
}

function counterFromStats(connection: EngineConnection, start: Map<string, number>): CommandCounter {
  let base = start;
  return {
    method: "commandstats",
    read: async () => {
      const current = await readCommandStats(connection);
      return summarize([...current].map(([name, calls]) => [name, calls - (base.get(name) ?? 0)]));
    },
    reset: async () => {
      base = await readCommandStats(connection);
    },
    close: () => connection.close(),
  };
}

/** Reads lines like `cmdstat_xgroup|create:calls=3,…`; a subcommand counts as its command. */
async function readCommandStats(connection: EngineConnection): Promise<Map<string, number>> {
  const report = await connection.send(["INFO", "commandstats"]);
  const counts = new Map<string, number>();
  if (report instanceof ErrorReply) return counts;
  for (const [, name = "", calls] of String(report).matchAll(/^cmdstat_([^:|]+)[^:]*:calls=(\d+)/gm)) {
    counts.set(name.toUpperCase(), (counts.get(name.toUpperCase()) ?? 0) + Number(calls));
  }
  return counts;
}

async function counterFromMonitor(feed: EngineConnection, redisUrl: string): Promise<CommandCounter> {
  const probe = await EngineConnection.open(parseRedisUrl(redisUrl));
  const counts = new Map<string, number>();
  const markers = new Map<string, () => void>();
  await new Promise<void>((resolve) => {
    feed.stream(["MONITOR"], (reply: Reply) => {
      const line = parseMonitorLine(reply);
      if (line === null) return resolve();
      const onMarker = markers.get(line.firstArgument);
      if (onMarker !== undefined) onMarker();
      else counts.set(line.name, (counts.get(line.name) ?? 0) + 1);
    });
  });
  /** The feed lags behind: once a marker command appears in it, all earlier commands have appeared too. */
  const waitForFeed = async (): Promise<void> => {
    const marker = `command-counter:${randomUUID()}`;
    const seen = new Promise<void>((resolve) => markers.set(marker, resolve));
    await probe.send(["EXISTS", marker]);
    await Promise.race([seen, feed.closed.then((error) => Promise.reject(error))]);
    markers.delete(marker);
  };
  return {
    method: "monitor",
    read: async () => {
      await waitForFeed();
      return summarize([...counts]);
    },
    reset: async () => {
      await waitForFeed();
      counts.clear();
    },
    close: () => {
      feed.close();
      probe.close();
    },
  };
}

/** Parses a line like `1721284005.242090 [0 127.0.0.1:6000] "GET" "k"`; null for the OK that opens the feed. */
function parseMonitorLine(reply: Reply): { name: string; firstArgument: string } | null {
  const text = reply instanceof SimpleString ? reply.text : "";
  const match = /^[\d.]+ \[[^\]]*\] "([^"]*)"(?: "([^"]*)")?/.exec(text);
  return match === null ? null : { name: (match[1] ?? "").toUpperCase(), firstArgument: match[2] ?? "" };
}

function summarize(counts: (readonly [name: string, calls: number])[]): CommandCounts {
  const relevant = counts.filter(([name, calls]) => calls > 0 && !UNBILLED_COMMANDS.has(name));
  return {
    total: relevant.reduce((sum, [, calls]) => sum + calls, 0),
    byCommand: Object.fromEntries(relevant),
  };
}
