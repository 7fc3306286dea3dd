import { setMaxListeners } from "node:events";
import { STATUS_CODES } from "node:http";
import type { Update } from "grammy/types";
import type { Clock } from "../../qstash/clock";
import { Deliverer, type DeliveryResult } from "../../qstash/deliverer";
import { Timers } from "../../qstash/timers";
import type { FaultSwitch } from "../faults";
import type { Limits } from "../options";
import { type Bot, updateKey, type Webhook } from "../state/model";
import type { Store } from "../state/store";
import { nextRetry } from "./retry-delay";
import type { UpdateAttempt, UpdateLog } from "./update-log";

interface SenderOptions {
  store: Store;
  faults: FaultSwitch;
  log: UpdateLog;
  clock: Clock;
  limits: Limits;
  retryScale: number;
  /** Executes the method call that a webhook answered with. */
  execute: (bot: Bot, body: Buffer, contentType: string) => void;
  /** Called after every attempt. */
  onAttempt: (botId: number) => void;
}

/** Updates that are delivered one after another; only the first is ever in flight. */
interface Sequence {
  key: string;
  updateIds: number[];
  /** Failed attempts of the first update. */
  failures: number;
}

interface BotQueue {
  sequences: Map<string, Sequence>;
  /** Lanes whose first update is due. */
  ready: Sequence[];
  inFlight: number;
  /** Collected for the fault `reorder`. */
  collected: number[];
  /** Aborts attempts to a webhook that has been replaced. */
  replaced: AbortController;
}

/**
 * Delivers updates to webhooks as Telegram's server does: those of a chat in order, others at once up to
 * `max_connections`, again with growing delays until the answer is 2xx or the update is a day old. At least once: an
 * attempt that a restart interrupts is repeated.
 */
export class WebhookSender {
  private readonly queues = new Map<number, BotQueue>();
  private readonly timers: Timers;
  private readonly deliverer: Deliverer;
  private closed = false;

  constructor(private readonly options: SenderOptions) {
    const { clock, limits, faults } = options;
    this.timers = new Timers(clock);
    this.deliverer = new Deliverer({ connectTo: {}, maxResponseBytes: limits.maxResponseBytes, clock });
    faults.onChange(() => {
      for (const [botId, queue] of this.queues) {
        if (faults.updatesOf(botId).reorder === null) this.release(botId, queue);
        this.startReady(botId);
      }
    });
  }

  get inFlight(): number {
    return [...this.queues.values()].reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** Starts over with all pending updates: after a start, and after the webhook was set or deleted. */
  reload(botId: number): void {
    this.queues.get(botId)?.replaced.abort();
    this.queues.delete(botId);
    if (!this.bot(botId)?.webhook) return;
    for (const id of this.options.store.state.updatesOf(botId).keys()) this.add(botId, id);
  }

  /** @param updateId  of a committed update */
  add(botId: number, updateId: number): void {
    const row = this.row(botId, updateId);
    if (!row || this.closed) return;
    const queue = this.queue(botId);
    const { reorder } = this.options.faults.updatesOf(botId);
    if (reorder === null) {
      this.enqueue(botId, row.sequence, [updateId]);
      return;
    }
    queue.collected.push(updateId);
    if (queue.collected.length < reorder) return;
    this.options.faults.endReorder();
    this.enqueue(botId, `reordered:${updateId}`, queue.collected.splice(0).reverse());
  }

  /** Sends what was collected for a fault that has been cleared, in order. */
  private release(botId: number, queue: BotQueue): void {
    for (const updateId of queue.collected.splice(0)) this.add(botId, updateId);
  }

  /**
   * Sends an update again, whatever became of it.
   * @param copies  requests at once
   * @returns null when the update is not in the log or the bot has no webhook
   */
  async redeliver(botId: number, updateId: number, copies: number): Promise<UpdateAttempt[] | null> {
    const bot = this.bot(botId);
    const update = this.options.log.get(botId, updateId)?.update;
    if (!bot?.webhook || !update) return null;
    const { webhook } = bot;
    const { signal } = this.queue(botId).replaced;
    return Promise.all(Array.from({ length: copies }, () => this.send(bot, webhook, update, signal)));
  }

  close(): void {
    this.closed = true;
    this.timers.clear();
    for (const { replaced } of this.queues.values()) replaced.abort();
    this.deliverer.close();
  }

  private enqueue(botId: number, key: string, updateIds: number[]): void {
    const queue = this.queue(botId);
    const sequence = queue.sequences.get(key);
    if (sequence) {
      sequence.updateIds.push(...updateIds);
      return;
    }
    const created: Sequence = { key, updateIds, failures: 0 };
    queue.sequences.set(key, created);
    this.makeReady(botId, queue, created, this.options.faults.updatesOf(botId).delayMs);
  }

  private makeReady(botId: number, queue: BotQueue, sequence: Sequence, delayMs: number): void {
    const start = () => {
      if (this.queues.get(botId) !== queue) return;
      queue.ready.push(sequence);
      this.startReady(botId);
    };
    if (delayMs === 0) start();
    else this.timers.at(this.options.clock.now() + delayMs, start);
  }

  private startReady(botId: number): void {
    const queue = this.queue(botId);
    const bot = this.bot(botId);
    if (!bot?.webhook || this.options.faults.updatesOf(botId).hold || this.closed) return;
    while (queue.inFlight < bot.webhook.maxConnections) {
      const sequence = queue.ready.shift();
      if (!sequence) return;
      void this.attempt(bot, bot.webhook, queue, sequence);
    }
  }

  private async attempt(bot: Bot, webhook: Webhook, queue: BotQueue, sequence: Sequence): Promise<void> {
    const [updateId = 0] = sequence.updateIds;
    const row = this.row(bot.id, updateId);
    // Confirmed or dropped meanwhile.
    if (!row) return this.next(bot.id, queue, sequence);
    queue.inFlight++;
    const { signal } = queue.replaced;
    const copies = sequence.failures === 0 ? this.options.faults.updatesOf(bot.id).copies : 1;
    const [attempt] = await Promise.all(
      Array.from({ length: copies }, () => this.send(bot, webhook, row.update, signal)),
    );
    queue.inFlight--;
    if (signal.aborted || !attempt) return;
    this.settle(bot.id, queue, sequence, row, attempt);
    this.startReady(bot.id);
  }

  private settle(
    botId: number,
    queue: BotQueue,
    sequence: Sequence,
    { update, expiresAt }: { update: Update; expiresAt: number },
    attempt: UpdateAttempt & { retryAfterSeconds: number },
  ): void {
    const { store, clock, log, retryScale } = this.options;
    const isDelivered = attempt.error === null;
    const delayMs = nextRetry(sequence.failures, attempt.retryAfterSeconds) * 1000 * retryScale;
    if (!isDelivered) this.recordError(botId, attempt.error ?? "");
    if (!isDelivered && clock.now() + delayMs <= expiresAt) {
      sequence.failures++;
      this.makeReady(botId, queue, sequence, delayMs);
      return;
    }
    try {
      store.commit([{ table: "updates", id: updateKey(botId, update.update_id), value: null }]);
    } catch {
      return; // the disk failed: the update is sent again after the next start
    }
    log.settle(botId, update.update_id, isDelivered ? "delivered" : "dropped");
    this.next(botId, queue, sequence);
  }

  /** Goes on with the sequence's next update. */
  private next(botId: number, queue: BotQueue, sequence: Sequence): void {
    sequence.updateIds.shift();
    sequence.failures = 0;
    if (sequence.updateIds.length === 0) queue.sequences.delete(sequence.key);
    else this.makeReady(botId, queue, sequence, 0);
  }

  private async send(
    bot: Bot,
    webhook: Webhook,
    update: Update,
    signal: AbortSignal,
  ): Promise<UpdateAttempt & { retryAfterSeconds: number }> {
    const { store, clock, limits, log, execute, onAttempt } = this.options;
    const at = clock.now();
    const headers: Record<string, string[]> = {
      "content-type": ["application/json"],
      "accept-encoding": ["gzip, deflate"],
    };
    if (webhook.secretToken) headers["x-telegram-bot-api-secret-token"] = [webhook.secretToken];
    const body = Buffer.from(JSON.stringify(update));
    const request = { url: webhook.url, method: "POST", headers, body, timeoutMs: limits.webhookTimeoutMs };
    const result = await store
      .durable()
      .then(() => this.deliverer.deliver(request, signal))
      .catch((error: unknown): DeliveryResult => failed(error));
    const error = describeFailure(result);
    const attempt = { at, status: result.status, latencyMs: result.latencyMs, error };
    if (signal.aborted) return { ...attempt, retryAfterSeconds: 0 };
    log.addAttempt(bot.id, update.update_id, attempt);
    if (error === null && result.body.length > 0)
      execute(bot, result.body, result.headers["content-type"]?.[0] ?? "");
    onAttempt(bot.id);
    return { ...attempt, retryAfterSeconds: Number(result.headers["retry-after"]?.[0]) || 0 };
  }

  private recordError(botId: number, message: string): void {
    const bot = this.bot(botId);
    if (!bot?.webhook) return;
    const lastError = { date: Math.floor(this.options.clock.now() / 1000), message };
    const value = { ...bot, webhook: { ...bot.webhook, lastError } };
    try {
      this.options.store.commit([{ table: "bots", id: String(botId), value }]);
    } catch {
      return; // the error is shown only
    }
  }

  private bot(botId: number): Bot | undefined {
    return this.options.store.state.tables.bots.get(String(botId));
  }

  private row(botId: number, updateId: number) {
    return this.options.store.state.updatesOf(botId).get(updateId);
  }

  private queue(botId: number): BotQueue {
    const existing = this.queues.get(botId);
    if (existing) return existing;
    const replaced = new AbortController();
    // Each attempt in flight has a listener.
    setMaxListeners(0, replaced.signal);
    const queue = { sequences: new Map(), ready: [], inFlight: 0, collected: [], replaced };
    this.queues.set(botId, queue);
    return queue;
  }
}

const failed = (error: unknown): DeliveryResult => ({
  status: 0,
  headers: {},
  body: Buffer.alloc(0),
  latencyMs: 0,
  error: error instanceof Error ? error.message : String(error),
});

/** @returns Telegram's text for `last_error_message`; null for a success */
function describeFailure({ status, error }: DeliveryResult): string | null {
  if (status >= 200 && status < 300) return null;
  if (status > 0) return `Wrong response from the webhook: ${status} ${STATUS_CODES[status] ?? ""}`.trim();
  if (error?.startsWith("timeout")) return "Read timeout expired";
  if (/ECONNREFUSED/.test(error ?? "")) return "Connection refused";
  if (/ECONNRESET|socket hang up/.test(error ?? "")) return "Connection reset by peer";
  if (/ENOTFOUND|EAI_AGAIN/.test(error ?? "")) return "Failed to resolve host: Name or service not known";
  return error ?? "Webhook connection closed";
}
