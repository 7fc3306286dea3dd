import type { Clock } from "../qstash/clock";
import { Timers } from "../qstash/timers";
import type { Dispatcher } from "./delivery/dispatcher";
import { planDeliveries } from "./delivery/plan-deliveries";
import { type FaultSwitch, NO_FAULTS } from "./faults";
import { Draft, type Origin } from "./money/draft";
import { expireSession, paySession } from "./money/payment";
import type { Limits } from "./options";
import type { Change, Session } from "./state/model";
import type { Store } from "./state/store";

const PRUNE_INTERVAL_MS = 60_000;

interface ProviderOptions {
  store: Store;
  dispatcher: Dispatcher;
  faults: FaultSwitch;
  clock: Clock;
  limits: Limits;
  lateMs: number;
}

/** Commits drafts, sends their events, and expires or pays sessions that are due. */
export class Provider {
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  readonly faults: FaultSwitch;
  readonly limits: Limits;
  readonly lateMs: number;
  /** URL of this server; empty until it listens. */
  baseUrl = "";
  private readonly timers: Timers;
  private readonly clock: Clock;

  constructor(options: ProviderOptions) {
    this.store = options.store;
    this.dispatcher = options.dispatcher;
    this.faults = options.faults;
    this.limits = options.limits;
    this.lateMs = options.lateMs;
    this.clock = options.clock;
    this.timers = new Timers(options.clock);
  }

  /** Restores timers and deliveries after a start. */
  restore(): void {
    for (const session of this.store.state.tables.sessions.values()) this.scheduleTransition(session);
    this.dispatcher.restore();
    this.schedulePrune();
  }

  close(): void {
    this.timers.clear();
    this.dispatcher.close();
  }

  draft(origin?: Origin): Draft {
    return new Draft(this.store.state, this.store.now(), origin);
  }

  /**
   * Commits a draft atomically, in memory immediately; its events are sent once it is on disk. Callers must await
   * `store.durable()` before they answer.
   */
  commit(draft: Draft): void {
    const deliveries =
      this.dispatcher.webhookUrl === null
        ? []
        : planDeliveries(draft.emittedEvents, this.faults.current.events, draft.now);
    this.store.commit([
      ...draft.changes,
      ...draft.emittedEvents.map(({ event }): Change => ({ table: "events", id: event.id, value: event })),
      ...deliveries.map((value): Change => ({ table: "deliveries", id: value.id, value })),
    ]);
    for (const change of draft.changes) {
      if (change.table === "sessions" && change.value) this.scheduleTransition(change.value);
    }
    this.store.durable().then(
      () => {
        for (const delivery of deliveries)
          if (delivery.state === "waiting") this.dispatcher.schedule(delivery);
      },
      () => {}, // the disk failed: callers of durable() get the error, and nothing is sent
    );
  }

  /** Sends an event again, delivered or not. @returns false when there is no such event or no webhook URL */
  resend(eventId: string): boolean {
    const event = this.store.state.tables.events.get(eventId);
    if (!event || this.dispatcher.webhookUrl === null) return false;
    // A manual resend ignores injected faults.
    const [delivery] = planDeliveries([{ event, copies: 1, wave: 0 }], NO_FAULTS.events, this.store.now());
    if (!delivery) return false;
    this.store.commit([{ table: "deliveries", id: delivery.id, value: delivery }]);
    this.store.durable().then(
      () => this.dispatcher.schedule(delivery),
      () => {},
    );
    return true;
  }

  /** Sets the timer of an open session: its expiry, or its late payment. */
  private scheduleTransition({ object, paysAt }: Session): void {
    if (object.status !== "open") return;
    const dueAt = Math.min(object.expires_at * 1000, paysAt ?? Infinity);
    this.timers.at(dueAt, () => this.applyDueTransition(object.id));
  }

  /** Pays or expires a session if that is still due: it may have changed since its timer was set. */
  private applyDueTransition(sessionId: string): void {
    const session = this.store.state.tables.sessions.get(sessionId);
    if (!session) return;
    const now = this.clock.now();
    const draft = this.draft();
    const done =
      (session.paysAt !== null && session.paysAt <= now && paySession(draft, sessionId)) ||
      (session.object.expires_at * 1000 <= now && expireSession(draft, sessionId));
    if (!done) return;
    try {
      this.commit(draft);
    } catch {
      return; // the disk failed: the next start repeats it
    }
  }

  private schedulePrune(): void {
    this.timers.at(this.clock.now() + PRUNE_INTERVAL_MS, () => {
      try {
        this.prune();
      } catch {
        return; // the disk failed
      }
      this.schedulePrune();
    });
  }

  /** Deletes old idempotency keys, and old events without a waiting delivery. */
  private prune(): void {
    const { state } = this.store;
    const { events, keys } = state.tables;
    const now = this.store.now();
    const changes: Change[] = [];
    for (const stored of keys.values()) {
      if (stored.at > now - this.limits.idempotencyKeyRetentionMs) break; // oldest first
      changes.push({ table: "keys", id: stored.key, value: null });
    }
    let surplus = events.size - this.limits.maxEvents;
    for (const event of events.values()) {
      if (surplus <= 0 && event.created * 1000 > now - this.limits.eventRetentionMs) break;
      const deliveries = state.deliveriesOf(event.id);
      if (deliveries.some((delivery) => delivery.state === "waiting")) continue;
      for (const { id } of deliveries) changes.push({ table: "deliveries", id, value: null });
      changes.push({ table: "events", id: event.id, value: null });
      surplus--;
    }
    this.store.commit(changes);
  }
}
