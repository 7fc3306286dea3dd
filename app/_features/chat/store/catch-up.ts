import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { MessagesPage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/** Whoever missed more than so many answers' worth begins anew from the newest page. */
const MAX_PAGES = 5;

export interface CatchUpSource {
  fetchSince(revision: number): Promise<ApiResult<MessagesPage>>;
  fetchNewest(): Promise<ApiResult<MessagesPage>>;
}

/**
 * Asks the server for what a conversation has missed. One question at a time, however many want to know; whoever asks
 * while an answer is on its way gets one more question, since that answer may be older than what they heard of.
 */
export class CatchUp {
  private rerunRequested = false;
  private running: Promise<ApiFailure | null> | null = null;

  constructor(
    private readonly store: ConversationStore,
    private readonly source: CatchUpSource,
  ) {}

  /** @returns why it did not work; null when everything is known up to some moment after the call */
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
