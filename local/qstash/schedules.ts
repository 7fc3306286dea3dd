import { buildMessage } from "./build-message";
import type { Clock } from "./clock";
import { parseCron } from "./cron";
import { resolveDestination } from "./destination";
import { badRequest } from "./errors";
import type { MessageSpec, Schedule, ScheduleSpec } from "./model";
import { remainingMessages, requireWithinPlan } from "./quota";
import type { Store } from "./store";
import { Timers } from "./timers";

/**
 * Fires schedules. A tick and its messages are committed atomically and sent only once they are on disk, so no crash
 * makes a tick fire twice. Ticks missed while the server was down become one late run, so that a day of downtime
 * causes no stampede.
 */
export class Schedules {
  private readonly timers: Timers;
  private readonly cancels = new Map<string, () => void>();

  constructor(
    private readonly store: Store,
    clock: Clock,
  ) {
    this.timers = new Timers(clock);
  }

  restore(): void {
    for (const id of this.store.state.schedules.keys()) this.arm(id);
  }

  close(): void {
    this.timers.clear();
  }

  /**
   * Creates a schedule, or replaces the settings of the one with this id; a paused one stays paused.
   * @throws {ApiError} 400 for a cron expression that is invalid or never fires; 412 for more schedules than the plan's
   */
  set(spec: ScheduleSpec): void {
    resolveDestination(this.store.state, spec.destination);
    const { schedules } = this.store.state;
    if (!schedules.has(spec.id)) requireWithinPlan(this.store, "maxSchedules", schedules.size + 1);
    const lastTick = this.store.state.schedules.get(spec.id)?.lastTick ?? 0;
    const nextAt = this.nextTick(spec.cron, Math.max(this.store.now(), lastTick));
    this.store.commit({ t: "scheduleSet", schedule: { ...spec, cron: parseCron(spec.cron).text }, nextAt });
    this.arm(spec.id);
  }

  setPaused(schedule: Schedule, paused: boolean): void {
    if (schedule.paused === paused) return;
    // Ticks that passed while it was paused are skipped.
    const nextAt = this.nextTick(schedule.cron, Math.max(this.store.now(), schedule.lastTick ?? 0));
    this.store.commit({ t: "schedulePaused", id: schedule.id, paused, nextAt });
    this.arm(schedule.id);
  }

  remove(id: string): void {
    this.store.commit({ t: "scheduleRemoved", id });
    this.arm(id);
  }

  /** Replaces the timer of a schedule; a paused or deleted one gets none. */
  private arm(id: string): void {
    this.cancels.get(id)?.();
    this.cancels.delete(id);
    const schedule = this.store.state.schedules.get(id);
    if (schedule && !schedule.paused)
      this.cancels.set(
        id,
        this.timers.at(schedule.nextAt, () => this.fire(id)),
      );
  }

  private fire(id: string): void {
    const schedule = this.store.state.schedules.get(id);
    if (!schedule) return;
    const now = this.store.now();
    const built = this.buildMessages(schedule, now);
    // A tick that comes when the plan's day is used up is skipped.
    const messages = built.length <= remainingMessages(this.store) ? built : [];
    try {
      this.store.commit(
        {
          t: "scheduleFired",
          id,
          tick: schedule.nextAt,
          nextAt: this.nextTick(schedule.cron, now),
          messageIds: messages.map((message) => message.id),
        },
        ...messages.map((message) => ({ t: "created" as const, message })),
      );
    } catch {
      return; // the disk failed: the tick did not fire, and the next start fires it late
    }
    this.arm(id);
  }

  private buildMessages(schedule: Schedule, now: number): MessageSpec[] {
    const { body, callerIp } = schedule;
    const group = this.store.state.groups.get(schedule.destination);
    const endpoints =
      group?.endpoints ?? (schedule.destination.includes("://") ? [{ url: schedule.destination }] : []);
    return endpoints.map((endpoint) =>
      buildMessage(
        { options: schedule, body, endpoint, topicName: group?.name, scheduleId: schedule.id, callerIp },
        now,
      ),
    );
  }

  private nextTick(cron: string, after: number): number {
    try {
      const next = parseCron(cron).nextAfter(after);
      if (next === null) throw new SyntaxError("it never comes");
      return next;
    } catch (error) {
      throw badRequest(`invalid cron "${cron}": ${error instanceof Error ? error.message : error}`);
    }
  }
}
