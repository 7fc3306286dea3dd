import type { Payload } from "../tasks";
import { storeEvents } from "./store-events";

/**
 * Queue `analytics`: stores the events of the app itself (`backgroundTaskService.trackEvent`). A message may arrive
 * twice, and one event in two messages.
 */
export async function task({ events }: Payload<"analytics">): Promise<void> {
  await storeEvents(events);
}
