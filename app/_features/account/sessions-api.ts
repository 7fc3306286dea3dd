import { callApi } from "@/app/_data/call-api";
import { runSessionEndingCall } from "@/app/_data/session";

export function endSession(id: string) {
  return callApi(`/api/sessions/${id}`, "done", { method: "DELETE" });
}

export function endSessions(scope: "others" | "all") {
  const call = () => callApi(`/api/sessions?scope=${scope}`, "done", { method: "DELETE" });
  return scope === "all" ? runSessionEndingCall(call) : call();
}
