import { deferredWork } from "@/lib/core/defer";
import type { Channel } from "@/lib/realtime";
import { type LoggedEvent, readLog } from "@/lib/realtime/log";

/** What a channel's log keeps now, from its first entry, once all that was left for later is done. */
export async function saidOn(channel: Channel): Promise<LoggedEvent[]> {
  await deferredWork();
  const { head } = await readLog({ channel, since: null });
  const { events } = await readLog({ channel, since: { ...head, n: 0 } });
  return events ?? [];
}
