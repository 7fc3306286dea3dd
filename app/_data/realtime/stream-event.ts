/**
 * An event of the browser's event stream, or about the stream. The leader broadcasts it to the other tabs in this
 * format. `at` is the channel's cursor.
 */
export type StreamEvent =
  /** The channel is subscribed to. If not `resumed`, earlier events may be missing. */
  | { type: "joined"; channel: string; at: string; resumed: boolean }
  /** `at` is null for a volatile event. */
  | { type: "event"; channel: string; at: string | null; event: string; data: unknown }
  | { type: "reload"; channel: string; at: string }
  | { type: "denied"; channel: string }
  /** From now on the stream has exactly these channels. */
  | { type: "carries"; channels: string[] }
  /** Whether events arrive at the moment. */
  | { type: "live"; live: boolean }
  | { type: "heartbeat" };

/** The channel's cursor after an event; undefined when the event has none. */
export function cursorAfterEvent(event: StreamEvent): { channel: string; at: string } | undefined {
  if (event.type === "joined" || event.type === "reload") return { channel: event.channel, at: event.at };
  if (event.type === "event" && event.at !== null) return { channel: event.channel, at: event.at };
  return undefined;
}
