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
  /** The key's settings and its count as they are now; changes through `start`. */
  settings: (key: string) => FlowKey | undefined;
  /** Makes the attempt begin. It must have counted as started when this returns. */
  start: (id: string) => void;
  globalParallelism: number;
  timers: Timers;
  now: () => number;
}

/** Where messages without a flow control key go. */
const UNKEYED_LANE = "";

/**
 * Who may be attempted now. Each flow control key is a lane: at most `parallelism` of its messages are under
 * way at once, and at most `rate` begin in one period. A period begins with the first attempt after the last
 * one ended, and its count is reset only then: the periods of a key never overlap. Over all lanes at most
 * `globalParallelism` are under way; lanes that wait for that take turns.
 */
export class FlowController {
  private readonly lanes = new Map<string, Lane>();
  /** Lanes that could go on but for the global limit, in turn. */
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

  /** A message is over before its turn came. */
  remove(key: string | undefined, id: string): void {
    const name = key ?? UNKEYED_LANE;
    this.lanes.get(name)?.waiting.delete(id);
    this.removeIfIdle(name);
  }

  /** An attempt is over. */
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

  /** Lets go whoever may: after the key's settings changed. */
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
