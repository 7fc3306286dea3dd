import { setTimeout as delay } from "node:timers/promises";
import { now } from "../core/clock";
import { env } from "../core/env";
import { newId } from "../core/ids";
import { decode, idOf, parseEnvelope } from "./envelope";
import { LeasedLoad } from "./leased-loader";
import { type Answer, isStale, type Parts, type Place, type Request } from "./loader";
import * as store from "./store";

/** Longest wait for another process: for one that was killed, and once more for who takes over. */
const LONGEST_WAIT_MS = 2 * store.LEASE_MS;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
/** Reads of one entry in a row that found what could not be believed; then Redis is done without. */
const MOST_REREADS = 5;

/**
 * Finds what Redis has, loads what it has not if the lease is to be had, and waits for whoever has it else.
 *
 * @param epoch  of the memory, from before
 * @returns null when the others took too long: to be loaded without being stored
 * @throws {LoaderFailure} @throws when Redis does not answer
 */
export async function findWithRedis(
  parts: Parts,
  place: Place,
  request: Request,
  epoch: number,
): Promise<Answer | null> {
  const { memory, told, stats } = parts;
  const { member, spec, namespace } = place;
  const token = newId();
  const lease = new LeasedLoad(parts, place, request, epoch, token);
  const lifeMs = (request.ttlSeconds + spec.swrSeconds) * 1_000;
  const startedAt = performance.now();
  let unusable: string | undefined;
  let rereads = 0;
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const has = memory.get(member);
    const askedMs = now();
    const askedAt = performance.now();
    const read = await store.read(member, { token, has, unusable, tags: request.tags, lifeMs });

    if (!(await told.believe(read.told))) {
      if (read.leased) await store.release(member, token);
      rereads += 1;
      if (rereads > MOST_REREADS) throw new Error("Redis has too much to be told");
      continue;
    }
    const envelope = read.found === "same" ? null : parseEnvelope(read.found);
    const entry = read.found === "same" ? has : envelope && (await decode(spec, envelope));
    if (entry) {
      memory.put(member, entry, epoch, askedMs);
      if (read.leased) lease.refresh();
      return { value: entry.value, event: isStale(entry) ? "stale" : "hitL2" };
    }
    if (read.found !== null) {
      // Damaged, or from before its schema changed.
      stats.count(namespace, "error");
      unusable = idOf(read.found);
    }
    if (read.leased) {
      // Reading and storing together take no longer than a read may.
      const leftMs = env().REDIS_TIMEOUT_MS - (performance.now() - askedAt);
      return { value: await lease.load(leftMs), event: "miss" };
    }
    if (unusable && read.found !== null) continue;
    if (read.found !== null || performance.now() - startedAt > LONGEST_WAIT_MS) return null;
    if (pauseMs === FIRST_PAUSE_MS) stats.count(namespace, "wait");
    // A different pause for everybody, so that waiters do not ask in step.
    await delay(pauseMs * (0.5 + Math.random() / 2));
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
