const DAY_MS = 86_400_000;

/** The time of `2026-11-29T18:30:00Z`, or the next time after now that it is `18:30` in UTC. */
export function nextDueMs(at: string, nowMs: number): number {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(at) ?? [];
  if (hours === undefined) return Date.parse(at);
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS + (Number(hours) * 60 + Number(minutes)) * 60_000;
  return today > nowMs ? today : today + DAY_MS;
}
