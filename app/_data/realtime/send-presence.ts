import { callApi } from "../call-api";

/** Reports the user's presence. @returns whether the server has it */
export async function sendPresence(streamId: string, state: "online" | "away"): Promise<boolean> {
  const { ok } = await callApi("/api/presence", {
    method: "POST",
    body: { streamId, state },
    keepalive: true,
  });
  return ok;
}

/** Answers a heartbeat of the browser's event stream. Best effort. @param answerToken  from its `open` event */
export async function answerHeartbeat(answerToken: string): Promise<void> {
  await callApi("/api/realtime", { method: "POST", body: { answerToken }, keepalive: true });
}
