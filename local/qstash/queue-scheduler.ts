import type { Queue } from "./model";

interface Waiting {
  id: string;
  notBefore: number;
  seq: number;
}

interface Line {
  /** First in, first out. Who left before its turn is skipped when it comes, and not searched for. */
  waiting: Waiting[];
  waitingIds: Set<string>;
  /** Places taken, each by a message and then by its callbacks: how many still need it. */
  places: Map<string, number>;
  /** Messages that hold a place and are due, while the queue is paused. */
  parked: Set<string>;
}

/**
 * The order of queues. A message takes one of its queue's `parallelism` places when it is due and keeps it
 * through its retries and until its callbacks are over; with one place that is strict first in, first out.
 * Order is by due time and then by acceptance, so a delayed message does not hold up the ones behind it.
 */
export class QueueLines {
  private readonly lines = new Map<string, Line>();

  /**
   * @param settings  the queue as it is now
   * @param go        the message may be attempted
   */
  constructor(
    private readonly settings: (name: string) => Queue | undefined,
    private readonly go: (id: string) => void,
  ) {}

  /** A message is due, for the first time or again. */
  arrive(queue: string, message: Waiting): void {
    const line = this.line(queue);
    if (line.places.has(message.id)) {
      line.parked.add(message.id);
    } else {
      let index = line.waiting.length;
      for (; index > 0; index--) {
        const before = line.waiting[index - 1];
        if (!before || comesBefore(before, message)) break;
      }
      line.waiting.splice(index, 0, message);
      line.waitingIds.add(message.id);
    }
    this.pump(queue);
  }

  /** Something more needs this place: a callback, or (after a restart) the message that had it. */
  hold(queue: string, place: string): void {
    const { places } = this.line(queue);
    places.set(place, (places.get(place) ?? 0) + 1);
  }

  /** Something that needed this place is over. */
  release(queue: string, place: string): void {
    const line = this.lines.get(queue);
    const holders = line?.places.get(place);
    if (!line || holders === undefined) return;
    line.parked.delete(place);
    if (holders > 1) line.places.set(place, holders - 1);
    else line.places.delete(place);
    this.pump(queue);
  }

  /** A message is over before its turn came. */
  leave(queue: string, id: string): void {
    if (!this.lines.get(queue)?.waitingIds.delete(id)) this.release(queue, id);
  }

  /** Lets go whoever may: after the queue was resumed, widened or left by somebody. */
  pump(queue: string): void {
    const line = this.lines.get(queue);
    const settings = this.settings(queue);
    if (!line) return;
    if (!settings?.paused) {
      for (const id of line.parked) {
        line.parked.delete(id);
        this.go(id);
      }
      while (line.waiting.length > 0 && line.places.size < (settings?.parallelism ?? 1)) {
        const next = line.waiting.shift();
        if (!next || !line.waitingIds.delete(next.id)) continue;
        line.places.set(next.id, 1);
        this.go(next.id);
      }
    }
    if (line.waitingIds.size === 0 && line.places.size === 0) this.lines.delete(queue);
  }

  private line(queue: string): Line {
    const existing = this.lines.get(queue);
    if (existing) return existing;
    const line: Line = { waiting: [], waitingIds: new Set(), places: new Map(), parked: new Set() };
    this.lines.set(queue, line);
    return line;
  }
}

const comesBefore = (a: Waiting, b: Waiting): boolean =>
  a.notBefore < b.notBefore || (a.notBefore === b.notBefore && a.seq < b.seq);
