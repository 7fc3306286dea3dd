/** What a stream says, as tabs hand it to each other. */
export type Said =
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
export function cursorAfter(said: Said): { channel: string; at: string } | undefined {
  if (said.type === "joined" || said.type === "reload") return { channel: said.channel, at: said.at };
  if (said.type === "event" && said.at !== null) return { channel: said.channel, at: said.at };
  return undefined;
}
