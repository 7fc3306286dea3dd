import { isDeepStrictEqual } from "node:util";
import { now } from "../core/clock";
import { processState } from "../core/process-state";
import type { VersionedSession } from "./rows";

/** After this time Redis is asked again: it may have lost what it had. */
const KNOWN_MS = 300_000;
/** The oldest are dropped: their next look-up asks Redis. */
const MAX_KNOWN = 2_000;

/** By id: sessions that Redis has under their generation, as this process read or wrote them there. */
const known = processState(
  "sessionsKnownInRedis",
  () => new Map<string, { row: VersionedSession; at: number }>(),
);

/** Whether Redis has a session exactly as Postgres has it now, as far as this process knows. */
export function isKnownInRedis(row: VersionedSession): boolean {
  const found = known.get(row.session.id);
  return found !== undefined && now() - found.at < KNOWN_MS && isDeepStrictEqual(found.row, row);
}

export function setKnownInRedis(row: VersionedSession): void {
  known.delete(row.session.id);
  known.set(row.session.id, { row, at: now() });
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}

/** A new epoch began: Redis has none of them. */
export function clearKnownInRedis(): void {
  known.clear();
}
