import type { Change, TableName, Tables } from "./model";

type Maps = { [Name in TableName]: Map<string, Tables[Name]> };

/** All tables in memory, oldest row first, with the indexes that avoid table scans. */
export class State {
  readonly tables: Maps = {
    sessions: new Map(),
    paymentIntents: new Map(),
    charges: new Map(),
    refunds: new Map(),
    events: new Map(),
    deliveries: new Map(),
    keys: new Map(),
  };
  private readonly sessionByIntent = new Map<string, string>();
  private readonly deliveriesByEvent = new Map<string, Set<string>>();
  private readonly waitingIds = new Set<string>();
  /** Time of the latest change, unix ms. Later changes are never dated earlier, so time order is arrival order. */
  lastAt = 0;

  /** The session that a payment intent pays for. */
  sessionByPaymentIntent(intentId: string): Tables["sessions"] | undefined {
    return this.tables.sessions.get(this.sessionByIntent.get(intentId) ?? "");
  }

  deliveriesOf(eventId: string): Tables["deliveries"][] {
    const ids = [...(this.deliveriesByEvent.get(eventId) ?? [])];
    return ids.map((id) => this.tables.deliveries.get(id)).filter((row) => row !== undefined);
  }

  /** Deliveries that have neither succeeded nor failed. */
  get waitingDeliveries(): Tables["deliveries"][] {
    return [...this.waitingIds]
      .map((id) => this.tables.deliveries.get(id))
      .filter((row) => row !== undefined);
  }

  apply(change: Change, at: number): void {
    this.lastAt = Math.max(this.lastAt, at);
    const before = this.tables[change.table].get(change.id);
    if (change.value === null) this.tables[change.table].delete(change.id);
    else setRow(this.tables, change);
    if (change.table === "sessions" && change.value?.object.payment_intent) {
      this.sessionByIntent.set(change.value.object.payment_intent, change.id);
    }
    if (change.table === "events" && change.value === null) this.deliveriesByEvent.delete(change.id);
    if (change.table === "deliveries")
      this.indexDelivery(change.id, change.value ?? null, before !== undefined);
  }

  private indexDelivery(id: string, delivery: Tables["deliveries"] | null, known: boolean): void {
    if (delivery?.state === "waiting") this.waitingIds.add(id);
    else this.waitingIds.delete(id);
    if (!delivery || known) return;
    const ids = this.deliveriesByEvent.get(delivery.eventId) ?? new Set();
    this.deliveriesByEvent.set(delivery.eventId, ids.add(id));
  }

  /** The state as lines of JSON, for `load` in this order. */
  *dump(): Generator<string> {
    yield JSON.stringify({ lastAt: this.lastAt });
    for (const [table, rows] of Object.entries(this.tables)) {
      for (const [id, value] of rows) yield JSON.stringify({ table, id, value });
    }
  }

  /** Loads a line of `dump`. Lines have passed a checksum and are not validated. */
  load(line: string): void {
    const read = JSON.parse(line);
    if ("lastAt" in read) this.lastAt = read.lastAt;
    else if (read.table in this.tables) this.apply(read, 0);
    else throw new Error(`snapshot line of unknown table ${read.table}: written by a newer version?`);
  }
}

function setRow<Name extends TableName>(
  tables: Maps,
  change: { table: Name; id: string; value: Tables[Name] | null },
) {
  if (change.value !== null) (tables[change.table] as Map<string, Tables[Name]>).set(change.id, change.value);
}
