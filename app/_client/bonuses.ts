import type { Spend } from "@/lib/bonuses/client";
import { callApi } from "./api";

export function spendBonuses(body: Spend) {
  return callApi("/api/bonuses/spend", "spent", { method: "POST", body });
}
