import type { Queue } from "./model";

interface WaitingMessage {
  id: string;
  notBefore: number;
  seq: number;
}

interface QueueState {
  /** First in, first out. Who left before its turn is skipped when it comes, and not searched for. */
  waiting: WaitingMessage[];
  waitingIds: Set<string>;
  /** Places taken, each by a message and then by its callbacks: how many still need it. */
  slots: Map<string, number>;
  /** Messages that hold a place and are due, while the queue is paused. */
  parked: Set<string>;
}

/**
 * The order of queues. A message takes one of its queue's `parallelism` places when it is due and keeps it
 * through its retries and until its callbacks are over; with one place that is strict first in, first out.
 * Order is by due time and then by acceptance, so a delayed message does not hold up the ones behind it.
 */
export class QueueScheduler {
  private readonly queueStates = new Map<string, QueueState>();

  /**
   * @param settings  the queue as it is now
   * @param onReady        the message may be attempted
   */
  constructor(
    private readonly settings: (name: string) => Queue | undefined,
    private readonly onReady: (id: string) => void,
  ) {}

  /** A message is due, for the first time or again. */
  enqueue(queue: string, message: WaitingMessage): void {
    const queueState = this.getOrCreate(queue);
    if (queueState.slots.has(message.id)) {
      queueState.parked.add(message.id);
    } else {
      let index = queueState.waiting.length;
      for (; index > 0; index--) {
        const previous = queueState.waiting[index - 1];
        if (!previous || comesBefore(previous, message)) break;
      }
      queueState.waiting.splice(index, 0, message);
      queueState.waitingIds.add(message.id);
    }
    this.startReady(queue);
  }

  /** Something more needs this place: a callback, or (after a restart) the message that had it. */
  holdSlot(queue: string, slot: string): void {
    const { slots } = this.getOrCreate(queue);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }

  /** Something that needed this place is over. */
  releaseSlot(queue: string, slot: string): void {
    const queueState = this.queueStates.get(queue);
    const holders = queueState?.slots.get(slot);
    if (!queueState || holders === undefined) return;
    queueState.parked.delete(slot);
    if (holders > 1) queueState.slots.set(slot, holders - 1);
    else queueState.slots.delete(slot);
    this.startReady(queue);
  }

  /** A message is over before its turn came. */
  remove(queue: string, id: string): void {
    if (!this.queueStates.get(queue)?.waitingIds.delete(id)) this.releaseSlot(queue, id);
  }

  /** Lets go whoever may: after the queue was resumed, widened or left by somebody. */
  startReady(queue: string): void {
    const queueState = this.queueStates.get(queue);
    const settings = this.settings(queue);
    if (!queueState) return;
    if (!settings?.paused) {
      for (const id of queueState.parked) {
        queueState.parked.delete(id);
        this.onReady(id);
      }
      while (queueState.waiting.length > 0 && queueState.slots.size < (settings?.parallelism ?? 1)) {
        const next = queueState.waiting.shift();
        if (!next || !queueState.waitingIds.delete(next.id)) continue;
        queueState.slots.set(next.id, 1);
        this.onReady(next.id);
      }
    }
    if (queueState.waitingIds.size === 0 && queueState.slots.size === 0) this.queueStates.delete(queue);
  }

  private getOrCreate(queue: string): QueueState {
    const existing = this.queueStates.get(queue);
    if (existing) return existing;
    const queueState: QueueState = {
      waiting: [],
      waitingIds: new Set(),
      slots: new Map(),
      parked: new Set(),
    };
    this.queueStates.set(queue, queueState);
    return queueState;
  }
}

const comesBefore = (a: WaitingMessage, b: WaitingMessage): boolean =>
  a.notBefore < b.notBefore || (a.notBefore === b.notBefore && a.seq < b.seq);
