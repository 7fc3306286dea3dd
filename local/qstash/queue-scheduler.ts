import type { Queue } from "./model";

interface WaitingMessage {
  id: string;
  notBefore: number;
  seq: number;
}

interface QueueState {
  /** In order. A removed message stays here until its turn and is then skipped, which avoids a search. */
  waiting: WaitingMessage[];
  waitingIds: Set<string>;
  /** Slots in use by message id, each with the number of its holders: the message and its callbacks. */
  slots: Map<string, number>;
  /** Messages that hold a slot and are due, while the queue is paused. */
  parked: Set<string>;
}

/**
 * Orders the messages of queues. A message takes one of its queue's `parallelism` slots when it is due and keeps it
 * during its retries and until its callbacks have ended; one slot gives strict FIFO. The order is by due time, then
 * by acceptance, so a delayed message does not block later ones.
 */
export class QueueScheduler {
  private readonly queueStates = new Map<string, QueueState>();

  /**
   * @param settings  returns the current settings of a queue
   * @param onReady  called when a message may be attempted
   */
  constructor(
    private readonly settings: (name: string) => Queue | undefined,
    private readonly onReady: (id: string) => void,
  ) {}

  /** Enqueues a message that is due, for the first attempt or a retry. */
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

  /** Adds a holder to a slot: a callback or, after a restart, the message that had the slot. */
  holdSlot(queue: string, slot: string): void {
    const { slots } = this.getOrCreate(queue);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
  }

  /** Removes a holder from a slot; the last one frees it. */
  releaseSlot(queue: string, slot: string): void {
    const queueState = this.queueStates.get(queue);
    const holders = queueState?.slots.get(slot);
    if (!queueState || holders === undefined) return;
    queueState.parked.delete(slot);
    if (holders > 1) queueState.slots.set(slot, holders - 1);
    else queueState.slots.delete(slot);
    this.startReady(queue);
  }

  /** Removes a message that has ended, whether it waited or held a slot. */
  remove(queue: string, id: string): void {
    if (!this.queueStates.get(queue)?.waitingIds.delete(id)) this.releaseSlot(queue, id);
  }

  /** Starts the messages that may start; call it after the queue was resumed or widened or a slot was freed. */
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
