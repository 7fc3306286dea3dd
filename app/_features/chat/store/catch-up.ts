import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { MessagesPage } from "@/lib/schemas/message-list";
import type { ChatMessage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/** After this many pages of changes the store is reset to the newest page. */
const MAX_PAGES = 5;

export interface CatchUpSource {
  fetchSince(revision: number): Promise<ApiResult<MessagesPage>>;
  fetchNewest(): Promise<ApiResult<MessagesPage>>;
}

/**
 * Fetches what a conversation has missed, with one request at a time for all callers. A call during a request triggers
 * one more request, because the pending response may be older than the event that caused the call.
 */
export class CatchUp {
  private rerunRequested = false;
  private running: Promise<ApiFailure | null> | null = null;

  constructor(
    private readonly store: ConversationStore,
    private readonly source: CatchUpSource,
  ) {}

  /** @returns the failure; null when everything up to some moment after the call is known */
  run(): Promise<ApiFailure | null> {
    this.rerunRequested = true;
    this.running ??= this.fetchUntilCurrent().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async fetchUntilCurrent(): Promise<ApiFailure | null> {
    let pages = 0;
    while (this.rerunRequested) {
      this.rerunRequested = false;
      const { syncedRevision, generation } = this.store;
      const result = await this.source.fetchSince(syncedRevision);
      if (!result.ok) return result.failure;
      this.store.applyChanges(result.data, generation);
      pages++;
      if (generation !== this.store.generation) this.rerunRequested = true;
      else if (result.data.hasMore) {
        this.rerunRequested = true;
        if (pages < MAX_PAGES) continue;
        const newest = await this.source.fetchNewest();
        if (!newest.ok) return newest.failure;
        if (generation === this.store.generation) this.store.reset(newest.data);
        pages = 0;
      } else if (this.store.isBehind() && this.store.syncedRevision > syncedRevision)
        this.rerunRequested = true;
    }
    return null;
  }
}

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
