import type { ApiFailure } from "@/app/_ui/api-result";
import type { MessagesPage } from "@/lib/schemas/message-list";
import { fetchMessages } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/** The page around a jump target ends this many messages after it. */
const JUMP_MARGIN = 20;

/** Loads other parts of a conversation. Each function returns the failure, or null. */
export function createHistory(id: string, store: ConversationStore) {
  const fetchAndApply = async (
    range: { before?: number; after?: number },
    apply: (page: MessagesPage) => void,
  ): Promise<ApiFailure | null> => {
    const result = await fetchMessages(id, range);
    if (!result.ok) return result.failure;
    apply(result.data);
    return null;
  };
  return {
    loadOlder: () => {
      const { windowVersion } = store;
      const before = store.getSnapshot().messages[0]?.seq ?? 1;
      return fetchAndApply({ before }, (page) => store.applyOlder(page, windowVersion));
    },
    loadNewer: () => {
      const { windowVersion } = store;
      const after = store.getSnapshot().messages.at(-1)?.seq ?? 0;
      return fetchAndApply({ after }, (page) => store.applyNewer(page, windowVersion));
    },
    loadAround: async (seq: number): Promise<ApiFailure | null> => {
      if (store.findShown(seq)) return null;
      const { windowVersion } = store;
      return fetchAndApply({ before: seq + JUMP_MARGIN }, (page) => store.showAround(page, windowVersion));
    },
    loadNewest: async (): Promise<ApiFailure | null> =>
      store.getSnapshot().hasNewer ? fetchAndApply({}, (page) => store.reset(page)) : null,
  };
}
