import { z } from "zod";
import type { Caller } from "../../core/access-token";
import { requireRole } from "../../core/permission";
import { RedisUnavailableError, redis } from "../../redis";
import type { CommandArguments } from "../../redis/guarded-redis";

/** Lines that a server gives out, or why it does not: Upstash's REST API leaves out what needs a connection. */
const reportSchema = z.object({
  offered: z.boolean(),
  /** Empty when not offered. */
  lines: z.array(z.string()),
  /** The server's words when not offered. */
  why: z.string().nullable(),
});

export type Reported = z.infer<typeof reportSchema>;

/** `INFO` by section; each is a list of `name: value`. */
const infoSchema = z.record(z.string(), z.record(z.string(), z.string()));

export type RedisInfo = z.infer<typeof infoSchema>;

export const redisReportSchema = z.object({
  info: infoSchema,
  slowLog: reportSchema,
  clients: reportSchema,
});

export type RedisReport = z.infer<typeof redisReportSchema>;

/**
 * What a server says of itself, for administrators: three commands.
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function readRedisReport(caller: Pick<Caller, "role">): Promise<RedisReport> {
  const [info, slowLog, clients] = await Promise.all([
    readRedisInfo(caller),
    readSlowLog(caller),
    readRedisClients(caller),
  ]);
  return { info, slowLog, clients };
}

/**
 * `INFO`, for administrators.
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export async function readRedisInfo(caller: Pick<Caller, "role">): Promise<RedisInfo> {
  requireRole(caller, "admin");
  return parseInfo(String(await redis().send(["INFO"])));
}

export function parseInfo(text: string): RedisInfo {
  const info: RedisInfo = {};
  let section: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const heading = /^# (.+)$/.exec(line)?.[1];
    if (heading !== undefined) {
      section = {};
      info[heading.toLowerCase()] = section;
      continue;
    }
    const separator = line.indexOf(":");
    if (separator > 0) section[line.slice(0, separator)] = line.slice(separator + 1);
  }
  return info;
}

/**
 * `SLOWLOG GET`, an entry a line, as the server words it; Upstash shows its own in its console.
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export function readSlowLog(caller: Pick<Caller, "role">): Promise<Reported> {
  return report(caller, ["SLOWLOG", "GET", "50"], (reply) =>
    Array.isArray(reply) ? reply.map((entry) => JSON.stringify(entry)) : [],
  );
}

/**
 * `CLIENT LIST`. Over REST there are no connections of clients to list.
 * @throws {AppError} forbidden for other callers @throws {RedisUnavailableError}
 */
export function readRedisClients(caller: Pick<Caller, "role">): Promise<Reported> {
  return report(caller, ["CLIENT", "LIST"], (reply) => String(reply).split(/\r?\n/).filter(Boolean));
}

async function report(
  caller: Pick<Caller, "role">,
  command: CommandArguments,
  toLines: (reply: unknown) => string[],
): Promise<Reported> {
  requireRole(caller, "admin");
  try {
    return { offered: true, lines: toLines(await redis().send(command)), why: null };
  } catch (error) {
    if (error instanceof RedisUnavailableError) throw error;
    return { offered: false, lines: [], why: error instanceof Error ? error.message : String(error) };
  }
}
