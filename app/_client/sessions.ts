import { callApi } from "./api";

export function endSession(id: string) {
  return callApi(`/api/sessions/${id}`, "done", { method: "DELETE" });
}

export function endSessions(scope: "others" | "all") {
  return callApi(`/api/sessions?scope=${scope}`, "done", { method: "DELETE" });
}
