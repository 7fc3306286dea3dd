import { callApi } from "@/app/_data/call-api";
import type { Spend, Spent } from "@/lib/schemas/bonus";

export function spendBonuses(body: Spend) {
  return callApi<Spent>("/api/bonuses/spend", { method: "POST", body });
}
