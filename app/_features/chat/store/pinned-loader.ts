import type { ApiResult } from "@/app/_ui/api-result";
import type { ChatMessage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/**
 * Keeps the pinned messages loaded: after a reset the store knows only those in its window.
 * @param fetchPinned  returns all pinned messages
 * @returns fetches them if they are not loaded, one request at a time; safe to call at any time
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
