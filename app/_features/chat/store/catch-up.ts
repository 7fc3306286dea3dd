import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { MessagesPage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";

/** Whoever missed more than so many answers' worth begins anew from the newest page. */
const MOST_ANSWERS = 5;

export interface Asking {
  since(revision: number): Promise<ApiResult<MessagesPage>>;
  newest(): Promise<ApiResult<MessagesPage>>;
}

/**
 * Asks the server for what a conversation has missed. One question at a time, however many want to know; whoever asks
 * while an answer is on its way gets one more question, since that answer may be older than what they heard of.
 */
export class CatchUp {
  private wanted = false;
  private underWay: Promise<ApiFailure | null> | null = null;

  constructor(
    private readonly store: ConversationStore,
    private readonly ask: Asking,
  ) {}

  /** @returns why it did not work; null when everything is known up to some moment after the call */
  run(): Promise<ApiFailure | null> {
    this.wanted = true;
    this.underWay ??= this.work().finally(() => {
      this.underWay = null;
    });
    return this.underWay;
  }

  private async work(): Promise<ApiFailure | null> {
    let answers = 0;
    while (this.wanted) {
      this.wanted = false;
      const { known, generation } = this.store;
      const result = await this.ask.since(known);
      if (!result.ok) return result.failure;
      this.store.takeChanges(result.data, generation);
      answers++;
      if (generation !== this.store.generation) this.wanted = true;
      else if (result.data.hasMore) {
        this.wanted = true;
        if (answers < MOST_ANSWERS) continue;
        const newest = await this.ask.newest();
        if (!newest.ok) return newest.failure;
        if (generation === this.store.generation) this.store.reset(newest.data);
        answers = 0;
      } else if (this.store.isBehind() && this.store.known > known) this.wanted = true;
    }
    return null;
  }
}
