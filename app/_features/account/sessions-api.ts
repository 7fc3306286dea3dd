import { callApi } from "@/app/_data/call-api";
import { runSessionEndingCall } from "@/app/_data/session";

export function endSession(id: string) {
  return callApi(`/api/sessions/${id}`, { method: "DELETE" });
}

export function endSessions(scope: "others" | "all") {
  const call = () => callApi(`/api/sessions?scope=${scope}`, { method: "DELETE" });
  return scope === "all" ? runSessionEndingCall(call) : call();
}
