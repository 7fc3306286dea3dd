import { log } from "../../core/log";
import { redis, redisService } from "../../redis";
import { type CountUpdateResult, type PreparedUpdate, replySchema } from "./count-script";

/** A read of one counter's counts; see {@link readTogether}. */
export interface PreparedRead {
  /** Keys of the metas, one per row; none while something waits to be written to Redis first. */
  metaKeys: string[];
  /** @param metas  as Redis has them. @returns what is left to read by the script; null when nothing is */
  applyMetas(metas: readonly unknown[]): PreparedUpdate | null;
  /** Call it at the end, also after a failure. @returns post id -> count */
  toCounts(): Map<string, number>;
}

/**
 * Reads the counts of several counters: one MGET, and one more round trip for posts without a meta, or with one that is
 * older than the row. Without Redis they are the persisted ones, or the last that this process has read.
 * @returns post id -> count, for each read; null for null
 */
export async function readTogether(
  reads: readonly (PreparedRead | null)[],
): Promise<(Map<string, number> | null)[]> {
  const updates: PreparedUpdate[] = [];
  try {
    const metaKeys = reads.flatMap((read) => read?.metaKeys ?? []);
    const metas = metaKeys.length > 0 ? await redis().mget<unknown[]>(metaKeys) : [];
    for (const read of reads) {
      const update = read?.applyMetas(metas.splice(0, read.metaKeys.length));
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
