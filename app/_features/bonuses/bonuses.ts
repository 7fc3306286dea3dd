import { callApi } from "@/app/_data/call-api";
import type { Spend } from "@/lib/bonuses/client";

export function spendBonuses(body: Spend) {
  return callApi("/api/bonuses/spend", "spent", { method: "POST", body });
}
