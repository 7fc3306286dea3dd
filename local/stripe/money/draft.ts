import { newId } from "../ids";
import { API_VERSION } from "../options";
import type { Change, EventType, StripeEvent, TableName, Tables } from "../state/model";
import type { State } from "../state/state";

/** The cause of a change: a call of the API, or (nulls) the buyer, the clock or the dashboard. */
export interface Origin {
  requestId: string | null;
  idempotencyKey: string | null;
}

export const NO_ORIGIN: Origin = { requestId: null, idempotencyKey: null };

/** A new event and how to send it. */
export interface EmittedEvent {
  event: StripeEvent;
  /** Number of concurrent deliveries. */
  copies: number;
  /** Events of a lower wave are attempted before events of a higher one. */
  wave: number;
}

/**
 * Changes and events that are committed atomically. `get` returns rows of the draft first, so that one step can build
 * on another before the commit.
 */
export class Draft {
  readonly changes: Change[] = [];
  readonly emittedEvents: EmittedEvent[] = [];

  constructor(
    private readonly state: State,
    /** Unix ms. */
    readonly now: number,
    private readonly origin: Origin = NO_ORIGIN,
  ) {}

  /** Unix seconds, the API's unit. */
  get seconds(): number {
    return Math.floor(this.now / 1000);
  }

  get<Name extends TableName>(table: Name, id: string): Tables[Name] | undefined {
    const put = this.changes.findLast((change) => change.table === table && change.id === id);
    return put ? ((put.value ?? undefined) as Tables[Name] | undefined) : this.state.tables[table].get(id);
  }

  put<Name extends TableName>(table: Name, id: string, value: Tables[Name] | null): void {
    this.changes.push({ table, id, value } as Change);
  }

  /** Adds an event with the object's current state. */
  emit(type: EventType, object: unknown, previous?: Record<string, unknown>): void {
    const event: StripeEvent = {
      id: newId("evt"),
      object: "event",
      api_version: API_VERSION,
      created: this.seconds,
      data: { object, ...(previous ? { previous_attributes: previous } : {}) },
      livemode: false,
      pending_webhooks: 1,
      request: { id: this.origin.requestId, idempotency_key: this.origin.idempotencyKey },
      type,
    };
    this.emittedEvents.push({ event, copies: 1, wave: 0 });
  }
}
