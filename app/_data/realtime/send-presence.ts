import { callApi } from "../call-api";

/** Answers a heartbeat of the browser's event stream with the user's presence. Best effort. */
export async function sendPresence(streamId: string, state: "online" | "away"): Promise<void> {
  await callApi("/api/presence", { method: "POST", body: { streamId, state }, keepalive: true });
}
