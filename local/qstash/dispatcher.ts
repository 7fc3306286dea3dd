import { buildCallbacks } from "./callbacks";
import type { Clock } from "./clock";
import type { Deliverer, DeliveryResult } from "./deliverer";
import { ApiError } from "./errors";
import { FlowController } from "./flow-controller";
import type { AttemptSummary, HeaderMap, Message } from "./model";
import { QueueScheduler } from "./queue-scheduler";
import { isNonRetryable, retryDelayMs } from "./retry-policy";
import { sign } from "./signer";
import type { Change, Store } from "./store";
import { Timers } from "./timers";

interface DispatcherOptions {
  store: Store;
  deliverer: Deliverer;
  clock: Clock;
  retryScale: number;
}

/**
 * Runs each message from acceptance to its end: waits until it is due, for a slot in its queue and for its flow
 * control key, attempts the delivery, and decides about a retry. What a message waits for is not stored: `restore`
 * derives it from the messages after a restart. An attempt that a crash interrupts is repeated (at least once).
 */
export class Dispatcher {
  private readonly timers: Timers;
  private readonly queueScheduler: QueueScheduler;
  private readonly flowController: FlowController;
  private readonly inFlight = new Map<string, AbortController>();
  private closed = false;

  constructor(private readonly options: DispatcherOptions) {
    const { store, clock } = options;
    this.timers = new Timers(clock);
    this.queueScheduler = new QueueScheduler(
      (name) => store.state.queues.get(name),
      (id) => this.enterFlowControl(id),
    );
    this.flowController = new FlowController({
      settings: (key) => store.state.flowKeys.get(key),
      start: (id) => this.start(id),
      globalParallelism: store.state.limits.globalParallelism,
      timers: this.timers,
      now: () => store.now(),
    });
    store.onAccepted = (ids) => {
      for (const id of ids) this.schedule(id);
    };
  }

  /** Schedules every stored message, after a start. */
  restore(): void {
    const messages = [...this.options.store.state.messages.values()].sort(
      (a, b) => a.dueAt - b.dueAt || a.seq - b.seq,
    );
    for (const message of messages) {
      if (message.holds) this.queueScheduler.holdSlot(message.holds.queue, message.holds.place);
      // It was attempted before, so it holds a slot: later messages must not overtake it while it waits for a retry.
      if (message.queueName !== undefined && message.state !== "CREATED") {
        this.queueScheduler.holdSlot(message.queueName, message.id);
      }
    }
    for (const message of messages) this.schedule(message.id);
  }

  /**
   * Cancels messages. A delivery in flight may still succeed; if it fails, it is not retried.
   * @returns the number of messages canceled by this call
   */
  cancel(ids: Iterable<string>): number {
    const { store } = this.options;
    let count = 0;
    for (const id of ids) {
      const message = store.state.messages.get(id);
      if (!message || message.cancelRequested) continue;
      count++;
      if (this.inFlight.has(id)) {
        store.commit({ t: "cancelRequested", id });
      } else {
        store.commit({ t: "cancelRequested", id }, { t: "canceled", id });
        this.flowController.remove(message.flow?.key, id);
        this.releaseQueueSlot(message);
      }
    }
    return count;
  }

  onQueueChanged(name: string): void {
    this.queueScheduler.startReady(name);
  }

  onFlowChanged(key: string): void {
    this.flowController.startReady(key);
  }

  waitListSize(key: string): number {
    return this.flowController.waitingCount(key);
  }

  activeCount(key: string): number {
    return this.flowController.activeCount(key);
  }

  get activeTotal(): number {
    return this.flowController.activeTotal;
  }

  /** Aborts deliveries in flight without recording an outcome, so they are repeated after the next start. */
  close(): void {
    this.closed = true;
    this.timers.clear();
    for (const controller of this.inFlight.values()) controller.abort();
  }

  private schedule(id: string): void {
    const message = this.options.store.state.messages.get(id);
    if (!message || this.closed) return;
    if (message.dueAt > this.options.store.now()) this.timers.at(message.dueAt, () => this.onDue(id));
    else this.onDue(id);
  }

  private onDue(id: string): void {
    const message = this.options.store.state.messages.get(id);
    if (!message || this.closed) return;
    if (message.queueName !== undefined) this.queueScheduler.enqueue(message.queueName, message);
    else this.enterFlowControl(id);
  }

  private enterFlowControl(id: string): void {
    const message = this.options.store.state.messages.get(id);
    if (message && !this.closed) this.flowController.enqueue(message.flow?.key, id);
  }

  private start(id: string): void {
    const message = this.options.store.state.messages.get(id);
    if (!message) return;
    try {
      this.options.store.commit({ t: "started", id });
    } catch {
      return; // the disk failed: nothing may be sent; the next start schedules the message again
    }
    const controller = new AbortController();
    this.inFlight.set(id, controller);
    void this.attempt(message, controller.signal);
  }

  private async attempt(message: Message, signal: AbortSignal): Promise<void> {
    const { store, deliverer } = this.options;
    const { state } = store;
    const body = Buffer.from(message.body, "base64");
    const key = state.keys?.current ?? "";
    const result = await deliverer.deliver(
      {
        url: message.url,
        method: message.method,
        headers: deliveryHeaders(message, sign(key, message.url, body, store.now())),
        body,
        timeoutMs: Math.min(
          message.timeoutMs ?? state.limits.defaultTimeoutMs,
          state.limits.plan?.maxResponseMs ?? Number.POSITIVE_INFINITY,
        ),
      },
      signal,
    );
    if (this.closed) return;
    this.inFlight.delete(message.id);
    try {
      this.recordOutcome(message, result);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // a bug: crash the process
      return; // the disk failed: the attempt is not recorded and is repeated after a restart
    }
    this.flowController.onFinished(message.flow?.key);
  }

  /** Records the outcome of an attempt and its callbacks atomically. */
  private recordOutcome(message: Message, result: DeliveryResult): void {
    const { store, retryScale } = this.options;
    const { id, retried } = message;
    const now = store.now();
    const attempt = this.summarize(result);
    const isDelivered = result.status >= 200 && result.status < 300;
    const isFinal = retried >= message.maxRetries || isNonRetryable(result.status, result.headers);
    const dlqId = !isDelivered && isFinal && !message.cancelRequested ? this.newDlqId(now) : undefined;

    let outcome: Change;
    if (isDelivered) {
      outcome = { t: "delivered", id, attempt };
    } else if (message.cancelRequested) {
      outcome = { t: "canceled", id, attempt };
    } else if (dlqId !== undefined) {
      const { status, headers, error } = result;
      const letter = {
        dlqId,
        retried,
        failedAt: now,
        status,
        headers,
        body: result.body.toString("base64"),
        error,
      };
      outcome = { t: "died", id, attempt, letter };
    } else {
      const delay = retryDelayMs(retried, message.retryDelay, result.headers, now) * retryScale;
      outcome = { t: "retry", id, dueAt: Math.round(now + delay), attempt };
    }
    const callbacks =
      outcome.t === "canceled" ? [] : buildCallbacks({ message, retried, result, dlqId }, now);
    store.commit(outcome, ...callbacks.map((callback) => ({ t: "created" as const, message: callback })));

    for (const { holds } of callbacks) if (holds) this.queueScheduler.holdSlot(holds.queue, holds.place);
    if (outcome.t === "retry") {
      this.schedule(id);
      return;
    }
    this.releaseQueueSlot(message);
  }

  /**
   * Releases the queue slot of a finished message once its end is on disk: if the next one were sent earlier, a
   * crash could repeat this one after it.
   */
  private releaseQueueSlot({ id, queueName, holds }: Message): void {
    if (queueName === undefined && !holds) return;
    this.options.store.durable().then(
      () => {
        if (queueName !== undefined) this.queueScheduler.remove(queueName, id);
        if (holds) this.queueScheduler.releaseSlot(holds.queue, holds.place);
      },
      () => {}, // the disk failed: the queue stops
    );
  }

  private newDlqId(now: number): string {
    return `${now}-${this.options.store.state.letterCount}`;
  }

  private summarize(result: DeliveryResult): AttemptSummary {
    const { status, latencyMs, headers } = result;
    const delivered = status >= 200 && status < 300;
    const logged = result.body.subarray(0, this.options.store.state.limits.maxLoggedResponseBytes);
    const error = result.error ?? (delivered ? undefined : `unexpected status code ${status}`);
    return { status, latencyMs, headers, body: logged.toString("base64"), ...(error ? { error } : {}) };
  }
}

function deliveryHeaders(message: Message, signature: string): HeaderMap {
  const headers: HeaderMap = {
    ...message.headers,
    "User-Agent": ["Upstash-QStash"],
    "Upstash-Message-Id": [message.id],
    "Upstash-Retried": [String(message.retried)],
    "Upstash-Signature": [signature],
  };
  if (message.scheduleId !== undefined) headers["Upstash-Schedule-Id"] = [message.scheduleId];
  if (message.topicName !== undefined) headers["Upstash-Topic-Name"] = [message.topicName];
  if (message.callerIp !== undefined) headers["Upstash-Caller-Ip"] = [message.callerIp];
  return headers;
}
