import { callApi } from "@/app/_data/call-api";
import type { NewLinkCode } from "@/lib/schemas/bot-links";

export const createTelegramCode = () => callApi<NewLinkCode>("/api/bot/links", { method: "POST" });

export const confirmTelegramCode = (code: string) =>
  callApi("/api/bot/links/confirm", { method: "POST", body: { code } });

export const endTelegramLink = (id: string) => callApi(`/api/bot/links/${id}`, { method: "DELETE" });
