import { rateAvailableAt } from "./flow-state";
import type { FlowKey } from "./model";
import type { Timers } from "./timers";

interface Lane {
  /** First in, first out. */
  waiting: Set<string>;
  active: number;
  cancelTimer: (() => void) | null;
}

interface FlowControllerOptions {
  /** The current settings and rate count of a key; `start` changes the count. */
  settings: (key: string) => FlowKey | undefined;
  /** Starts the attempt. Must have counted it before it returns. */
  start: (id: string) => void;
  globalParallelism: number;
  timers: Timers;
  now: () => number;
}

/** Lane of messages without a flow control key. */
const UNKEYED_LANE = "";

/**
 * Decides which message may be attempted now. Each flow control key is a lane: at most `parallelism` of its messages
 * are in flight, and at most `rate` start in one period. A period begins with the first attempt after the previous
 * one ended, so the periods of a key never overlap. At most `globalParallelism` messages are in flight over all
 * lanes; lanes that wait for it take turns.
 */
export class FlowController {
  private readonly lanes = new Map<string, Lane>();
  /** Lanes that only wait for the global limit, in the order of their turns. */
  private readonly starved = new Set<string>();
  private activeAttempts = 0;

  constructor(private readonly options: FlowControllerOptions) {}

  enqueue(key: string | undefined, id: string): void {
    const name = key ?? UNKEYED_LANE;
    const lane = this.lanes.get(name) ?? { waiting: new Set(), active: 0, cancelTimer: null };
    this.lanes.set(name, lane);
    lane.waiting.add(id);
    this.startReady(name);
  }

  /** Removes a message that was canceled while it waited. */
  remove(key: string | undefined, id: string): void {
    const name = key ?? UNKEYED_LANE;
    this.lanes.get(name)?.waiting.delete(id);
    this.removeIfIdle(name);
  }

  /** Records the end of an attempt and starts waiting messages. */
  onFinished(key: string | undefined): void {
    const name = key ?? UNKEYED_LANE;
    const lane = this.lanes.get(name);
    this.activeAttempts--;
    if (lane) lane.active--;
    this.startReady(name);
    for (const next of this.starved) {
      if (this.activeAttempts >= this.options.globalParallelism) break;
      this.starved.delete(next);
      this.startReady(next);
    }
  }

  /** Starts the messages of a lane that may start; call it after the key's settings changed. */
  startReady(name: string): void {
    const lane = this.lanes.get(name);
    if (!lane) return;
    lane.cancelTimer?.();
    lane.cancelTimer = null;
    for (const id of lane.waiting) {
      if (!this.canStart(name, lane)) return;
      lane.waiting.delete(id);
      lane.active++;
      this.activeAttempts++;
      this.options.start(id);
    }
    this.removeIfIdle(name);
  }

  waitingCount(key: string): number {
    return this.lanes.get(key)?.waiting.size ?? 0;
  }

  activeCount(key: string): number {
    return this.lanes.get(key)?.active ?? 0;
  }

  get activeTotal(): number {
    return this.activeAttempts;
  }

  private canStart(name: string, lane: Lane): boolean {
    const settings = name === UNKEYED_LANE ? undefined : this.options.settings(name);
    if (settings?.paused) return false;
    if (settings && settings.parallelism > 0 && lane.active >= settings.parallelism) return false;
    if (settings) {
      const now = this.options.now();
      const opensAt = rateAvailableAt(settings, now);
      if (opensAt > now) {
        lane.cancelTimer = this.options.timers.at(opensAt, () => {
          lane.cancelTimer = null;
          this.startReady(name);
        });
        return false;
      }
    }
    if (this.activeAttempts < this.options.globalParallelism) return true;
    this.starved.add(name);
    return false;
  }

  private removeIfIdle(name: string): void {
    const lane = this.lanes.get(name);
    if (!lane || lane.waiting.size > 0) return;
    lane.cancelTimer?.();
    lane.cancelTimer = null;
    this.starved.delete(name);
    if (lane.active === 0) this.lanes.delete(name);
  }
}
