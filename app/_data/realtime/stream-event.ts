/** What a stream says, as tabs hand it to each other. */
export type StreamEvent =
  | { type: "joined"; channel: string; at: string; resumed: boolean }
  | { type: "event"; channel: string; at: string | null; event: string; data: unknown }
  | { type: "reload"; channel: string; at: string }
  | { type: "denied"; channel: string }
  /** The stream is opened anew, for these channels and no others. */
  | { type: "carries"; channels: string[] }
  /** Whether events come at the moment. */
  | { type: "live"; live: boolean }
  /** The stream lives. */
  | { type: "heartbeat" };

/** Where somebody is in a channel, after what was said; undefined when that says nothing of it. */
export function cursorAfterEvent(event: StreamEvent): { channel: string; at: string } | undefined {
  if (event.type === "joined" || event.type === "reload") return { channel: event.channel, at: event.at };
  if (event.type === "event" && event.at !== null) return { channel: event.channel, at: event.at };
  return undefined;
}
