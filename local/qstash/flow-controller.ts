import { rateOpensAt } from "./flow-state";
import type { FlowKey } from "./model";
import type { Timers } from "./timers";

interface Lane {
  /** First in, first out. */
  waiting: Set<string>;
  active: number;
  cancelTimer: (() => void) | null;
}

interface LaneOptions {
  /** The key's settings and its count as they are now; changes through `start`. */
  settings: (key: string) => FlowKey | undefined;
  /** Makes the attempt begin. It must have counted as started when this returns. */
  start: (id: string) => void;
  globalParallelism: number;
  timers: Timers;
  now: () => number;
}

/** Where messages without a flow control key go. */
const OPEN_LANE = "";

/**
 * Who may be attempted now. Each flow control key is a lane: at most `parallelism` of its messages are under
 * way at once, and at most `rate` begin in one period. A period begins with the first attempt after the last
 * one ended, and its count is reset only then: the periods of a key never overlap. Over all lanes at most
 * `globalParallelism` are under way; lanes that wait for that take turns.
 */
export class FlowLanes {
  private readonly lanes = new Map<string, Lane>();
  /** Lanes that could go on but for the global limit, in turn. */
  private readonly starved = new Set<string>();
  private total = 0;

  constructor(private readonly options: LaneOptions) {}

  enter(key: string | undefined, id: string): void {
    const name = key ?? OPEN_LANE;
    const lane = this.lanes.get(name) ?? { waiting: new Set(), active: 0, cancelTimer: null };
    this.lanes.set(name, lane);
    lane.waiting.add(id);
    this.pump(name);
  }

  /** A message is over before its turn came. */
  leave(key: string | undefined, id: string): void {
    const name = key ?? OPEN_LANE;
    this.lanes.get(name)?.waiting.delete(id);
    this.tidy(name);
  }

  /** An attempt is over. */
  finished(key: string | undefined): void {
    const name = key ?? OPEN_LANE;
    const lane = this.lanes.get(name);
    this.total--;
    if (lane) lane.active--;
    this.pump(name);
    for (const next of this.starved) {
      if (this.total >= this.options.globalParallelism) break;
      this.starved.delete(next);
      this.pump(next);
    }
  }

  /** Lets go whoever may: after the key's settings changed. */
  pump(name: string): void {
    const lane = this.lanes.get(name);
    if (!lane) return;
    lane.cancelTimer?.();
    lane.cancelTimer = null;
    for (const id of lane.waiting) {
      if (!this.mayStart(name, lane)) return;
      lane.waiting.delete(id);
      lane.active++;
      this.total++;
      this.options.start(id);
    }
    this.tidy(name);
  }

  waitingCount(key: string): number {
    return this.lanes.get(key)?.waiting.size ?? 0;
  }

  activeCount(key: string): number {
    return this.lanes.get(key)?.active ?? 0;
  }

  get activeTotal(): number {
    return this.total;
  }

  private mayStart(name: string, lane: Lane): boolean {
    const settings = name === OPEN_LANE ? undefined : this.options.settings(name);
    if (settings?.paused) return false;
    if (settings && settings.parallelism > 0 && lane.active >= settings.parallelism) return false;
    if (settings) {
      const now = this.options.now();
      const opensAt = rateOpensAt(settings, now);
      if (opensAt > now) {
        lane.cancelTimer = this.options.timers.at(opensAt, () => {
          lane.cancelTimer = null;
          this.pump(name);
        });
        return false;
      }
    }
    if (this.total < this.options.globalParallelism) return true;
    this.starved.add(name);
    return false;
  }

  private tidy(name: string): void {
    const lane = this.lanes.get(name);
    if (!lane || lane.waiting.size > 0) return;
    lane.cancelTimer?.();
    lane.cancelTimer = null;
    this.starved.delete(name);
    if (lane.active === 0) this.lanes.delete(name);
  }
}
