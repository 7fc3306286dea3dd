import { waitForDeferredWork } from "@/lib/core/defer";
import { type LoggedEvent, readLog } from "@/lib/realtime/channel-log";
import type { Channel } from "@/lib/schemas/channels";

/** All entries that a channel's log has, oldest first, read after deferred work has finished. */
export async function readChannelLog(channel: Channel): Promise<LoggedEvent[]> {
  await waitForDeferredWork();
  const { head } = await readLog({ channel, since: null });
  // The log may have been trimmed: start at the first entry that still exists.
  for (let n = 0; n <= head.n; n += 1) {
    const { events } = await readLog({ channel, since: { ...head, n } });
    if (events) return events;
  }
  return [];
}
