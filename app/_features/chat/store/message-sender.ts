import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import type { Message, NewMessage } from "./chat-api";
import type { ConversationStore } from "./conversation-store";
import type { Pending } from "./conversation-view";
import { isPassing } from "./is-retryable";
import type { Kept } from "./outbox";

/** Failed for reasons that pass: tried again after this, then after twice as long each time, */
const FIRST_AGAIN_MS = 2_000;
/** up to this. */
const LONGEST_AGAIN_MS = 30_000;

export interface Post {
  send(message: NewMessage): Promise<ApiResult<{ message: Message }>>;
  keep(pending: Pending): void;
  forget(clientId: string): void;
}

/**
 * Sends what is pending, one after another, in the order in which it was written. A message goes again under the same
 * `clientId`, so it is one message whichever attempt the server took; what fails for reasons that pass goes again by
 * itself, the rest waits for the person and keeps nobody waiting.
 *
 * While anything is to go again nothing that was written after it is sent: a new message is a reason to try all of them
 * at once, from the first, or to wait with them for as long as the server has asked for.
 */
export class Sender {
  private working = false;
  /** Set as long as anything is to go again, until the sender ends. */
  private timer: ReturnType<typeof setTimeout> | undefined;
  private againMs = FIRST_AGAIN_MS;
  /** The server has asked for silence until then (ms). */
  private silentUntil = 0;
  private ended = false;

  constructor(
    private readonly store: ConversationStore,
    private readonly post: Post,
  ) {}

  add(message: Kept): void {
    const pending: Pending = { ...message, state: "sending", failure: null, again: false };
    if (this.store.addPending(pending)) {
      this.post.keep(pending);
      this.go(message.clientId);
    } else this.post.forget(message.clientId);
  }

  retry(clientId: string): void {
    this.store.changePending(clientId, { state: "sending", failure: null, again: false });
    this.go(clientId);
  }

  discard(clientId: string): void {
    this.post.forget(clientId);
    this.store.removePending(clientId);
  }

  /** Once more with what failed for reasons that may have passed: the connection is back. */
  readonly again = (): void => {
    this.stopWaiting();
    for (const { clientId, again } of this.store.allPending()) {
      if (again) this.store.changePending(clientId, { state: "sending", again: false });
    }
    void this.work();
  };

  begin(): void {
    this.ended = false;
    this.again();
  }

  /** What is on its way arrives; nothing new is sent until it begins again. */
  end(): void {
    this.ended = true;
    this.stopWaiting();
  }

  private stopWaiting(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private go(clientId: string): void {
    const isSilent = this.timer !== undefined && Date.now() < this.silentUntil;
    if (!isSilent) this.again();
    else this.store.changePending(clientId, { state: "failed", again: true });
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    for (;;) {
      const next = this.store.allPending().find(({ state }) => state === "sending");
      if (!next || this.ended) break;
      const result = await this.post.send({
        clientId: next.clientId,
        text: next.text,
        replyToId: next.replyTo?.id,
        attachmentIds: next.attachments.map(({ id }) => id),
      });
      if (result.ok) {
        this.againMs = FIRST_AGAIN_MS;
        this.post.forget(next.clientId);
        this.store.apply(result.data.message);
        // An answer that is not about this message would leave it there for ever.
        this.store.removePending(next.clientId);
      } else this.fail(next, result.failure);
    }
    this.working = false;
  }

  private fail(message: Pending, failure: ApiFailure): void {
    if (!isPassing(failure)) {
      this.store.changePending(message.clientId, { state: "failed", failure });
      return;
    }
    // Those behind it would fail as well, and must not overtake it.
    for (const { clientId, state } of this.store.allPending()) {
      if (state === "sending") this.store.changePending(clientId, { state: "failed", failure, again: true });
    }
    const silentMs = (failure.retryAfterSeconds ?? 0) * 1_000;
    this.silentUntil = Date.now() + silentMs;
    if (this.ended) return;
    this.stopWaiting();
    this.timer = setTimeout(this.again, Math.max(this.againMs, silentMs));
    this.againMs = Math.min(this.againMs * 2, LONGEST_AGAIN_MS);
  }
}
