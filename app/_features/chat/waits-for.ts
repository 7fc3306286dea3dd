import type { OutgoingMessage } from "./store/conversation-view";

/** The text that says what a message waits for: the connection, or the server, which is down or limits its author. */
export function waitsFor({ failure }: Pick<OutgoingMessage, "failure">): "goesOnline" | "goesLater" {
  return failure?.code === "network" ? "goesOnline" : "goesLater";
}
