import type { Update } from "grammy/types";
import type { Clock } from "../../qstash/clock";
import { BotApiError } from "../errors";
import type { FaultSwitch } from "../faults";
import type { Change } from "../state/model";
import { updateKey } from "../state/model";
import type { Store } from "../state/store";
import type { UpdateLog } from "./update-log";

interface PollOptions {
  /** Confirms every update before it; a negative one keeps only that many of the newest. */
  offset: number;
  limit: number;
  timeoutSeconds: number;
}

interface WaitingPoll {
  wake: () => void;
  fail: (error: BotApiError) => void;
}

export const WEBHOOK_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
const OTHER_POLL =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

/** Long polls: at most one of a bot waits. */
export class Polls {
  private readonly waiting = new Map<number, WaitingPoll>();

  constructor(
    private readonly store: Store,
    private readonly faults: FaultSwitch,
    private readonly log: UpdateLog,
    private readonly clock: Clock,
  ) {
    faults.onChange(() => {
      for (const botId of this.waiting.keys()) this.wake(botId);
    });
  }

  isWaiting(botId: number): boolean {
    return this.waiting.has(botId);
  }

  /** Ends a waiting poll with the updates that are there now. */
  wake(botId: number): void {
    this.waiting.get(botId)?.wake();
  }

  /** Ends a waiting poll: the bot now has a webhook, or the server stops. */
  terminate(botId: number, reason = "Conflict: terminated by setWebhook request"): void {
    this.waiting.get(botId)?.fail(new BotApiError(409, reason));
  }

  close(): void {
    for (const botId of this.waiting.keys()) this.terminate(botId, "Conflict: the server is stopping");
  }

  /**
   * Updates from `offset` on, oldest first; waits for one when there is none.
   * @param closed  aborts when the caller has disconnected
   * @throws {BotApiError} 409 when another poll of the bot takes over
   */
  async poll(
    botId: number,
    { offset, limit, timeoutSeconds }: PollOptions,
    closed: AbortSignal,
  ): Promise<Update[]> {
    this.confirm(botId, offset);
    this.waiting.get(botId)?.fail(new BotApiError(409, OTHER_POLL));
    const ready = this.read(botId, limit);
    if (ready.length > 0 || timeoutSeconds === 0) return this.logged(botId, ready);
    await this.wait(botId, timeoutSeconds * 1000, closed);
    return this.logged(botId, this.read(botId, limit));
  }

  private logged(botId: number, updates: Update[]): Update[] {
    for (const { update_id: id } of updates) this.log.markPolled(botId, id);
    return updates;
  }

  private read(botId: number, limit: number): Update[] {
    if (this.faults.updatesOf(botId).hold) return [];
    const now = this.clock.now();
    return [...this.store.state.updatesOf(botId).values()]
      .filter(({ expiresAt }) => expiresAt > now)
      .slice(0, limit)
      .map(({ update }) => update);
  }

  private confirm(botId: number, offset: number): void {
    const ids = [...this.store.state.updatesOf(botId).keys()];
    const confirmed = offset < 0 ? ids.slice(0, offset) : ids.filter((id) => id < offset);
    const changes = confirmed.map(
      (id): Change => ({ table: "updates", id: updateKey(botId, id), value: null }),
    );
    this.store.commit(changes);
  }

  private wait(botId: number, timeoutMs: number, closed: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        stopTimer();
        closed.removeEventListener("abort", poll.wake);
        if (this.waiting.get(botId) === poll) this.waiting.delete(botId);
        finish();
      };
      const poll: WaitingPoll = {
        wake: () => settle(resolve),
        fail: (error) => settle(() => reject(error)),
      };
      const stopTimer = this.clock.after(timeoutMs, poll.wake);
      closed.addEventListener("abort", poll.wake);
      this.waiting.set(botId, poll);
    });
  }
}
