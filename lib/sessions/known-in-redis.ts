import { isDeepStrictEqual } from "node:util";
import { now } from "../core/clock";
import { processState } from "../core/process-state";
import type { Session } from "./session";

/** After this time Redis is asked again: it may have lost what it had. */
const KNOWN_MS = 300_000;
/** The oldest are dropped: their next look-up asks Redis. */
const MAX_KNOWN = 2_000;

/** By id: sessions that Redis has, as this process read or wrote them there. */
const known = processState("sessionsKnownInRedis", () => new Map<string, { session: Session; at: number }>());

/** Whether Redis has a session exactly as Postgres has it now, as far as this process knows. */
export function isKnownInRedis(session: Session): boolean {
  const found = known.get(session.id);
  return found !== undefined && now() - found.at < KNOWN_MS && isDeepStrictEqual(found.session, session);
}

export function setKnownInRedis(session: Session): void {
  known.delete(session.id);
  known.set(session.id, { session, at: now() });
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}
