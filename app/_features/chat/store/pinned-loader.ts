import type { ApiResult } from "@/app/_ui/api-result";
import type { Message } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/**
 * Keeps it known what is pinned: whenever a store has begun anew it knows of those in its run alone.
 * @param ask  gives all that are pinned
 * @returns asks when they are not known, one question at a time; safe to call at any time
 */
export function pinsOf(
  store: ConversationStore,
  ask: () => Promise<ApiResult<{ items: Message[] }>>,
): () => Promise<void> {
  let knownOf = store.generation;
  let asking = false;
  return async () => {
    if (asking) return;
    asking = true;
    while (knownOf !== store.generation) {
      const { generation } = store;
      const result = await ask();
      if (!result.ok) break;
      store.takeAside(result.data.items, generation);
      knownOf = generation;
    }
    asking = false;
  };
}
