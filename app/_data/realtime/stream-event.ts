/** Event of the stream, also the format in which tabs pass it to each other. */
export type StreamEvent =
  | { type: "joined"; channel: string; at: string; resumed: boolean }
  | { type: "event"; channel: string; at: string | null; event: string; data: unknown }
  | { type: "reload"; channel: string; at: string }
  | { type: "denied"; channel: string }
  /** The stream was reopened for exactly these channels. */
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
