import type { Update } from "grammy/types";

export interface UpdateAttempt {
  /** Unix ms. */
  at: number;
  /** 0 without a response. */
  status: number;
  latencyMs: number;
  error: string | null;
}

interface LoggedUpdate {
  update: Update;
  /** Unix ms of the event. */
  at: number;
  state: "pending" | "delivered" | "polled" | "dropped";
  attempts: UpdateAttempt[];
}

/** The newest updates of each bot with their deliveries, in memory, for the page, for redelivery and for tests. */
export class UpdateLog {
  private readonly updates = new Map<number, Map<number, LoggedUpdate>>();

  constructor(private readonly maxEntries: number) {}

  add(botId: number, update: Update, at: number): void {
    const updates = this.updates.get(botId) ?? new Map<number, LoggedUpdate>();
    updates.set(update.update_id, { update, at, state: "pending", attempts: [] });
    const [oldest] = updates.keys();
    if (updates.size > this.maxEntries && oldest !== undefined) updates.delete(oldest);
    this.updates.set(botId, updates);
  }

  get(botId: number, updateId: number): LoggedUpdate | undefined {
    return this.updates.get(botId)?.get(updateId);
  }

  /** Oldest first. */
  list(botId: number): LoggedUpdate[] {
    return [...(this.updates.get(botId)?.values() ?? [])];
  }

  addAttempt(botId: number, updateId: number, attempt: UpdateAttempt): void {
    this.get(botId, updateId)?.attempts.push(attempt);
  }

  settle(botId: number, updateId: number, state: "delivered" | "dropped"): void {
    const entry = this.get(botId, updateId);
    if (entry) entry.state = state;
  }

  markPolled(botId: number, updateId: number): void {
    const entry = this.get(botId, updateId);
    if (entry) entry.state = "polled";
  }
}
