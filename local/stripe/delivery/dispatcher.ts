import { setMaxListeners } from "node:events";
import type { Clock } from "../../qstash/clock";
import { Deliverer } from "../../qstash/deliverer";
import { Timers } from "../../qstash/timers";
import { RETRY_WAITS_MS } from "../options";
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
  maxAnswerBytes: number;
}

/**
 * Sends events until the app answers 2xx or the attempts are used up. At least once: an attempt under way when
 * the process dies is made again, with the same event id.
 */
export class Dispatcher {
  /** Changes take effect with the next attempt. */
  webhookUrl: string | null;
  private readonly timers: Timers;
  private readonly deliverer: Deliverer;
  private readonly closing = new AbortController();
  /** Due, and waiting for one of the places. */
  private readonly line: string[] = [];
  private active = 0;

  constructor(private readonly options: DispatcherOptions) {
    this.webhookUrl = options.webhookUrl;
    // Each attempt under way listens for the end.
    setMaxListeners(0, this.closing.signal);
    this.timers = new Timers(options.clock);
    this.deliverer = new Deliverer({
      connectTo: {},
      maxResponseBytes: options.maxAnswerBytes,
      clock: options.clock,
    });
  }

  get inFlight(): number {
    return this.active;
  }

  /** Takes up what was not over when the process ended. */
  restore(): void {
    for (const delivery of this.options.store.state.waitingDeliveries) this.schedule(delivery);
  }

  /** @param delivery  one that is on disk */
  schedule(delivery: Delivery): void {
    if (this.closing.signal.aborted) return; // it is taken up after the next start
    const join = (): void => {
      this.line.push(delivery.id);
      this.proceed();
    };
    if (delivery.dueAt <= this.options.store.now()) join();
    else this.timers.at(delivery.dueAt, join);
  }

  close(): void {
    this.timers.clear();
    this.line.length = 0;
    this.closing.abort();
    this.deliverer.close();
  }

  private proceed(): void {
    const { deliveries } = this.options.store.state.tables;
    for (let index = 0; index < this.line.length && this.active < this.options.parallelism; ) {
      const delivery = deliveries.get(this.line[index] ?? "");
      if (delivery?.state === "waiting" && !this.mayGo(delivery)) {
        index++;
        continue;
      }
      this.line.splice(index, 1);
      if (delivery?.state === "waiting") void this.attempt(delivery);
    }
  }

  private mayGo({ after }: Delivery): boolean {
    const { deliveries } = this.options.store.state.tables;
    return after.every((id) => {
      const before = deliveries.get(id);
      return before?.state !== "waiting" || before.attempts.length > 0;
    });
  }

  private async attempt(delivery: Delivery): Promise<void> {
    this.active++;
    const attempt = await this.send(delivery);
    this.active--;
    if (this.closing.signal.aborted) return;
    try {
      const next = this.after(delivery, attempt);
      this.options.store.commit([{ table: "deliveries", id: next.id, value: next }]);
      await this.options.store.durable();
      if (next.state === "waiting") this.schedule(next);
    } catch {
      return; // the disk failed: the attempt is made again after the next start
    }
    this.proceed();
  }

  private after(delivery: Delivery, attempt: Attempt): Delivery {
    const attempts = [...delivery.attempts, attempt];
    if (attempt.status >= 200 && attempt.status < 300) return { ...delivery, attempts, state: "delivered" };
    const wait = RETRY_WAITS_MS[attempts.length - 1];
    if (wait === undefined) return { ...delivery, attempts, state: "failed" };
    const dueAt = this.options.clock.now() + wait * this.options.retryScale;
    return { ...delivery, attempts, dueAt };
  }

  private async send(delivery: Delivery): Promise<Attempt> {
    const at = this.options.clock.now();
    const event = this.options.store.state.tables.events.get(delivery.eventId);
    if (!event || this.webhookUrl === null)
      return { at, status: 0, latencyMs: 0, answer: "nowhere to send it" };
    // Spaced out as Stripe sends it: whoever parses and writes it again before verifying finds out here.
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
