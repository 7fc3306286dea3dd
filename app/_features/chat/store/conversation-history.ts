import type { ApiFailure } from "@/app/_ui/api-result";
import { fetchMessages, type MessagesPage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/** Enough before and after a message that is jumped to. */
const AROUND = 20;

/** The ways to other parts of a conversation. Each gives why it did not work, or null. */
export function historyOf(id: string, store: ConversationStore) {
  const asked = async (
    where: { before?: number; after?: number },
    take: (page: MessagesPage) => void,
  ): Promise<ApiFailure | null> => {
    const result = await fetchMessages(id, where);
    if (!result.ok) return result.failure;
    take(result.data);
    return null;
  };
  return {
    older: () => {
      const { place } = store;
      const before = store.read().messages[0]?.seq ?? 1;
      return asked({ before }, (page) => store.takeOlder(page, place));
    },
    newer: () => {
      const { place } = store;
      const after = store.read().messages.at(-1)?.seq ?? 0;
      return asked({ after }, (page) => store.takeNewer(page, place));
    },
    around: async (seq: number): Promise<ApiFailure | null> => {
      if (store.at(seq)) return null;
      const { place } = store;
      return asked({ before: seq + AROUND }, (page) => store.moveTo(page, place));
    },
    newest: async (): Promise<ApiFailure | null> =>
      store.read().hasNewer ? asked({}, (page) => store.reset(page)) : null,
  };
}
