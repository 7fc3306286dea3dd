import { log } from "../../core/log";
import { redis, redisService } from "../../redis";
import { type CountUpdateResult, type PreparedUpdate, replySchema } from "./count-script";

/** A read of one counter's counts; see {@link readTogether}. */
export interface PreparedRead {
  /** Keys of the copies, one per row; none while something waits to be written to Redis first. */
  copyKeys: string[];
  /** @param copies  as Redis has them. @returns what is left to read by the script; null when nothing is */
  applyCopies(copies: readonly unknown[]): PreparedUpdate | null;
  /** Call it at the end, also after a failure. @returns post id -> count */
  toCounts(): Map<string, number>;
}

/**
 * Reads the counts of several counters: one MGET, and one more round trip for posts without a copy, or with one that is
 * older than the row. Without Redis they are the persisted ones, or the last that this process has read.
 * @returns post id -> count, for each read; null for null
 */
export async function readTogether(
  reads: readonly (PreparedRead | null)[],
): Promise<(Map<string, number> | null)[]> {
  const updates: PreparedUpdate[] = [];
  try {
    const copyKeys = reads.flatMap((read) => read?.copyKeys ?? []);
    const copies = copyKeys.length > 0 ? await redis().mget<unknown[]>(copyKeys) : [];
    for (const read of reads) {
      const update = read?.applyCopies(copies.splice(0, read.copyKeys.length));
      if (update) updates.push(update);
    }
    const replies = await runScripts(updates.map(({ call }) => call));
    for (const [index, { finish }] of updates.entries()) {
      const reply = replies[index];
      if (reply) finish(reply);
    }
  } catch (error) {
    for (const { restore } of updates) restore();
    log().debug({ err: error }, "counts read from Postgres: Redis unavailable");
  }
  return reads.map((read) => read?.toCounts() ?? null);
}

async function runScripts(calls: readonly PreparedUpdate["call"][]): Promise<CountUpdateResult[]> {
  const [only] = calls;
  return only && calls.length === 1
    ? [await redisService().script(...only, replySchema)]
    : redisService().scriptPipeline(calls, replySchema);
}

/** `count:version`; null for anything else. */
export function parseCopy(text: unknown): { count: number; version: number } | null {
  const [, count, version] = /^(\d{1,15}):(\d{1,15})$/.exec(String(text)) ?? [];
  return count === undefined ? null : { count: Number(count), version: Number(version) };
}
