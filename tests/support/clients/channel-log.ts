import { waitForDeferredWork } from "@/lib/core/defer";
import type { Channel } from "@/lib/realtime";
import { type LoggedEvent, readLog } from "@/lib/realtime/channel-log";

/** What a channel's log keeps now, from its first entry, once all that was left for later is done. */
export async function readChannelLog(channel: Channel): Promise<LoggedEvent[]> {
  await waitForDeferredWork();
  const { head } = await readLog({ channel, since: null });
  // From the first entry that is there: what was before it may have been cleared.
  for (let n = 0; n <= head.n; n += 1) {
    const { events } = await readLog({ channel, since: { ...head, n } });
    if (events) return events;
  }
  return [];
}
