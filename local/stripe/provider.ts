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

/** The house behind the counter: makes drafts true, sends their events, and does what time does to sessions. */
export class Provider {
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  readonly faults: FaultSwitch;
  readonly limits: Limits;
  readonly lateMs: number;
  /** Where this server listens; known once it does. */
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

  /** Takes up what waited when the process ended. */
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
   * Makes a draft true, in memory at once; its events leave when it is on disk. Callers wait for
   * `store.durable()` before they tell anybody.
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
      () => {}, // the disk failed: whoever waits for durable() is told, and nothing is sent
    );
  }

  /** Sends an event once more, whether or not it arrived. */
  resend(eventId: string): boolean {
    const event = this.store.state.tables.events.get(eventId);
    if (!event || this.dispatcher.webhookUrl === null) return false;
    // Somebody wants to see it arrive: what goes wrong on purpose does not go wrong here.
    const [delivery] = planDeliveries([{ event, copies: 1, wave: 0 }], NO_FAULTS.events, this.store.now());
    if (!delivery) return false;
    this.store.commit([{ table: "deliveries", id: delivery.id, value: delivery }]);
    this.store.durable().then(
      () => this.dispatcher.schedule(delivery),
      () => {},
    );
    return true;
  }

  /** An open session expires on its own, or is paid when its buyer is late. */
  private scheduleTransition({ object, paysAt }: Session): void {
    if (object.status !== "open") return;
    const dueAt = Math.min(object.expires_at * 1000, paysAt ?? Infinity);
    this.timers.at(dueAt, () => this.applyDueTransition(object.id));
  }

  /** Looks again at what is due: a session may have been paid, or put off, since its timer was set. */
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
      return; // the disk failed: it is done after the next start
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

  /** Lets go of old idempotency keys, and of events that nobody waits for. */
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
