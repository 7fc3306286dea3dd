import type { ApiResult } from "@/app/_ui/api-result";
import type { ChatMessage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/**
 * Keeps it known what is pinned: whenever a store has begun anew it knows of those in its run alone.
 * @param fetchPinned  gives all that are pinned
 * @returns asks when they are not known, one question at a time; safe to call at any time
 */
export function createPinnedLoader(
  store: ConversationStore,
  fetchPinned: () => Promise<ApiResult<{ items: ChatMessage[] }>>,
): () => Promise<void> {
  let loadedGeneration = store.generation;
  let isLoading = false;
  return async () => {
    if (isLoading) return;
    isLoading = true;
    while (loadedGeneration !== store.generation) {
      const { generation } = store;
      const result = await fetchPinned();
      if (!result.ok) break;
      store.applyPinned(result.data.items, generation);
      loadedGeneration = generation;
    }
    isLoading = false;
  };
}
