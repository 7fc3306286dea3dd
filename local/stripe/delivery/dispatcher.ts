import { setMaxListeners } from "node:events";
import type { Clock } from "../../qstash/clock";
import { Deliverer } from "../../qstash/deliverer";
import { Timers } from "../../qstash/timers";
import { RETRY_DELAYS_MS } from "../options";
import type { Attempt, Delivery } from "../state/model";
import type { Store } from "../state/store";
import { signatureHeader } from "./signature";

interface DispatcherOptions {
  store: Store;
  clock: Clock;
  webhookUrl: string | null;
  webhookSecret: string;
  retryScale: number;
  timeoutMs: number;
  parallelism: number;
  maxResponseBytes: number;
}

/**
 * Sends events until the app answers 2xx or the attempts are exhausted. At least once: an attempt that a crash
 * interrupts is repeated with the same event id.
 */
export class Dispatcher {
  /** A change takes effect with the next attempt. */
  webhookUrl: string | null;
  private readonly timers: Timers;
  private readonly deliverer: Deliverer;
  private readonly closing = new AbortController();
  /** Ids of due deliveries that wait for `parallelism` or for their predecessors. */
  private readonly dueQueue: string[] = [];
  private active = 0;

  constructor(private readonly options: DispatcherOptions) {
    this.webhookUrl = options.webhookUrl;
    // Each attempt in flight has a listener.
    setMaxListeners(0, this.closing.signal);
    this.timers = new Timers(options.clock);
    this.deliverer = new Deliverer({
      connectTo: {},
      maxResponseBytes: options.maxResponseBytes,
      clock: options.clock,
    });
  }

  get inFlight(): number {
    return this.active;
  }

  /** Schedules all unfinished deliveries after a start. */
  restore(): void {
    for (const delivery of this.options.store.state.waitingDeliveries) this.schedule(delivery);
  }

  /** @param delivery  must be on disk */
  schedule(delivery: Delivery): void {
    if (this.closing.signal.aborted) return; // the next start schedules it
    const enqueue = (): void => {
      this.dueQueue.push(delivery.id);
      this.startDue();
    };
    if (delivery.dueAt <= this.options.store.now()) enqueue();
    else this.timers.at(delivery.dueAt, enqueue);
  }

  close(): void {
    this.timers.clear();
    this.dueQueue.length = 0;
    this.closing.abort();
    this.deliverer.close();
  }

  private startDue(): void {
    const { deliveries } = this.options.store.state.tables;
    for (let index = 0; index < this.dueQueue.length && this.active < this.options.parallelism; ) {
      const delivery = deliveries.get(this.dueQueue[index] ?? "");
      if (delivery?.state === "waiting" && !this.canStart(delivery)) {
        index++;
        continue;
      }
      this.dueQueue.splice(index, 1);
      if (delivery?.state === "waiting") void this.attempt(delivery);
    }
  }

  private canStart({ after }: Delivery): boolean {
    const { deliveries } = this.options.store.state.tables;
    return after.every((id) => {
      const predecessor = deliveries.get(id);
      return predecessor?.state !== "waiting" || predecessor.attempts.length > 0;
    });
  }

  private async attempt(delivery: Delivery): Promise<void> {
    this.active++;
    const attempt = await this.send(delivery);
    this.active--;
    if (this.closing.signal.aborted) return;
    try {
      const next = this.nextState(delivery, attempt);
      this.options.store.commit([{ table: "deliveries", id: next.id, value: next }]);
      await this.options.store.durable();
      if (next.state === "waiting") this.schedule(next);
    } catch {
      return; // the disk failed: the attempt is repeated after the next start
    }
    this.startDue();
  }

  private nextState(delivery: Delivery, attempt: Attempt): Delivery {
    const attempts = [...delivery.attempts, attempt];
    if (attempt.status >= 200 && attempt.status < 300) return { ...delivery, attempts, state: "delivered" };
    const delayMs = RETRY_DELAYS_MS[attempts.length - 1];
    if (delayMs === undefined) return { ...delivery, attempts, state: "failed" };
    const dueAt = this.options.clock.now() + delayMs * this.options.retryScale;
    return { ...delivery, attempts, dueAt };
  }

  private async send(delivery: Delivery): Promise<Attempt> {
    const at = this.options.clock.now();
    const event = this.options.store.state.tables.events.get(delivery.eventId);
    if (!event || this.webhookUrl === null)
      return { at, status: 0, latencyMs: 0, answer: "nowhere to send it" };
    // Indented as by Stripe, so that an app that verifies re-serialized JSON fails here too.
    const payload = JSON.stringify(event, null, 2);
    const { status, body, error, latencyMs } = await this.deliverer.deliver(
      {
        url: this.webhookUrl,
        method: "POST",
        headers: {
          accept: ["*/*; q=0.5, application/xml"],
          "cache-control": ["no-cache"],
          "content-type": ["application/json; charset=utf-8"],
          "stripe-signature": [signatureHeader(payload, this.options.webhookSecret, Math.floor(at / 1000))],
          "user-agent": ["Stripe/1.0 (+https://stripe.com/docs/webhooks)"],
        },
        body: Buffer.from(payload),
        timeoutMs: this.options.timeoutMs,
      },
      this.closing.signal,
    );
    return { at, status, latencyMs, answer: error ?? body.toString("utf8") };
  }
}
