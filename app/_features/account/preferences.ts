import { callApi } from "@/app/_data/call-api";

type Level = "all" | "quiet" | "off";

export function changePreferences(body: { hidesPresence?: boolean; notifications?: Record<string, Level> }) {
  return callApi("/api/me/preferences", { method: "PATCH", body });
}
