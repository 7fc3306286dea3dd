import { useEffect, useEffectEvent, useState } from "react";
import { startLiveQuery } from "@/app/_data/realtime/live-query";
import type { ApiFailure } from "@/app/_ui/api-result";
import type { BotNumbers } from "@/lib/schemas/bot-console";
import { readBotNumbers } from "./bots-api";

const PACE_MS = 10_000;

/** Numbers of bots by id, read again while the page is seen. */
export function useBotNumbers(
  botIds: readonly string[],
  initial: readonly BotNumbers[],
): ReadonlyMap<string, BotNumbers> {
  const [items, setItems] = useState(initial);
  const read = useEffectEvent(async (): Promise<ApiFailure | null> => {
    if (botIds.length === 0) return null;
    const result = await readBotNumbers(botIds);
    if (!result.ok) return result.failure;
    setItems(result.data.items);
    return null;
  });
  useEffect(() => {
    const query = startLiveQuery({ fetch: () => read(), paceMs: () => PACE_MS });
    return () => query.stop();
  }, []);
  return new Map(items.map((numbers) => [numbers.botId, numbers]));
}
