import { configureFlow, countStart, getOrCreateFlowKey, resetRate } from "./flow-state";
import type { AttemptSummary, LogState, Message, ScheduledState } from "./model";
import type { JournalRecord } from "./records";
import type { State } from "./state";

/**
 * Applies one record to the state. Deterministic: it reads neither the clock nor random numbers, so a journal
 * replayed after a crash gives the state that was in memory. A record about something that no longer exists is
 * ignored.
 */
export function applyRecord(state: State, record: JournalRecord): void {
  const { at } = record;
  state.lastAt = Math.max(state.lastAt, at);
  switch (record.t) {
    case "created": {
      const message: Message = {
        ...record.message,
        seq: state.nextSeq++,
        state: "CREATED",
        retried: 0,
        dueAt: record.message.notBefore,
      };
      state.addMessage(message);
      state.counters.published++;
      state.countMessage(at);
      if (message.queueName !== undefined) setQueue(state, message.queueName, {}, at);
      if (message.flow) configureFlow(state, message.flow, at);
      const delayed = message.notBefore > at ? { nextDeliveryTime: message.notBefore } : {};
      state.log.add(message, { time: at, state: "CREATED", ...delayed });
      return;
    }
    case "deduplicates":
      // Deleted first, so that the map stays in order of age, on which pruning relies.
      state.deduplications.delete(record.id);
      state.deduplications.set(record.id, record.entry);
      return;
    case "duplicate":
      state.counters.deduplicated++;
      return;
    case "started": {
      const message = state.messages.get(record.id);
      if (!message) return;
      // Its first attempt was counted when it was accepted. A retry that a crash repeats counts again.
      if (message.retried > 0) state.countMessage(at);
      message.state = "ACTIVE";
      if (message.flow) countStart(getOrCreateFlowKey(state, message.flow.key, at), at);
      state.log.add(message, { time: at, state: "ACTIVE", retried: message.retried });
      return;
    }
    case "retry": {
      const message = state.messages.get(record.id);
      if (!message) return;
      const { attempt, dueAt } = record;
      state.log.add(message, { time: at, state: "ERROR", attempt, retried: message.retried });
      state.log.add(message, { time: at, state: "RETRY", nextDeliveryTime: dueAt });
      message.state = "RETRY";
      message.retried++;
      message.dueAt = dueAt;
      state.counters.retried++;
      return;
    }
    case "delivered": {
      const message = state.messages.get(record.id);
      if (!message) return;
      endMessage(state, message, "DELIVERED", "SUCCESS", at, record.attempt);
      state.counters.delivered++;
      return;
    }
    case "died": {
      const message = state.messages.get(record.id);
      if (!message) return;
      state.log.add(message, { time: at, state: "ERROR", attempt: record.attempt, retried: message.retried });
      endMessage(state, message, "FAILED", "FAIL", at);
      const { seq: _seq, state: _state, retried: _retried, dueAt: _dueAt, ...spec } = message;
      state.deadLetters.set(record.letter.dlqId, { ...record.letter, message: spec });
      state.letterCount++;
      state.counters.deadLettered++;
      for (const oldest of state.deadLetters.keys()) {
        if (state.deadLetters.size <= state.limits.maxDeadLetters) break;
        state.deadLetters.delete(oldest);
      }
      return;
    }
    case "cancelRequested": {
      const message = state.messages.get(record.id);
      if (!message) return;
      message.cancelRequested = true;
      state.log.add(message, { time: at, state: "CANCEL_REQUESTED" });
      return;
    }
    case "canceled": {
      const message = state.messages.get(record.id);
      if (!message) return;
      endMessage(state, message, "CANCELED", "FAIL", at, record.attempt);
      state.counters.canceled++;
      return;
    }
    case "lettersRemoved":
      for (const id of record.ids) state.deadLetters.delete(id);
      return;
    case "queueSet":
      setQueue(state, record.name, record, at);
      return;
    case "queueRemoved":
      state.queues.delete(record.name);
      return;
    case "groupSet": {
      const existing = state.groups.get(record.name);
      const { name, endpoints } = record;
      state.groups.set(name, { name, endpoints, createdAt: existing?.createdAt ?? at, updatedAt: at });
      return;
    }
    case "groupRemoved":
      state.groups.delete(record.name);
      return;
    case "scheduleSet": {
      const existing = state.schedules.get(record.schedule.id);
      state.schedules.set(record.schedule.id, {
        ...record.schedule,
        createdAt: existing?.createdAt ?? at,
        paused: existing?.paused ?? false,
        nextAt: record.nextAt,
        lastTick: existing?.lastTick,
        lastAt: existing?.lastAt,
        lastStates: existing?.lastStates ?? {},
      });
      return;
    }
    case "schedulePaused": {
      const schedule = state.schedules.get(record.id);
      if (!schedule) return;
      schedule.paused = record.paused;
      schedule.nextAt = record.nextAt;
      return;
    }
    case "scheduleFired": {
      const schedule = state.schedules.get(record.id);
      if (!schedule) return;
      schedule.lastTick = record.tick;
      schedule.lastAt = at;
      schedule.nextAt = record.nextAt;
      schedule.lastStates = Object.fromEntries(record.messageIds.map((id) => [id, "IN_PROGRESS" as const]));
      return;
    }
    case "scheduleRemoved":
      state.schedules.delete(record.id);
      return;
    case "flowPaused":
      getOrCreateFlowKey(state, record.key, at).paused = record.paused;
      return;
    case "flowPinned": {
      const key = getOrCreateFlowKey(state, record.key, at);
      if (record.parallelism !== undefined) {
        key.parallelism = record.parallelism;
        key.pinnedParallelism = true;
      }
      if (record.rate !== undefined) {
        key.rate = record.rate;
        key.period = record.period ?? 1;
        key.pinnedRate = true;
      }
      resetRate(key, at); // documented: pinning resets the current count and period
      return;
    }
    case "flowUnpinned": {
      const key = getOrCreateFlowKey(state, record.key, at);
      if (record.parallelism) key.pinnedParallelism = false;
      if (record.rate) key.pinnedRate = false;
      return;
    }
    case "flowRateReset":
      resetRate(getOrCreateFlowKey(state, record.key, at), at);
      return;
    case "keysSet":
      state.keys = record.keys;
      return;
    case "pruned":
      prune(state, at);
      return;
  }
}

function setQueue(
  state: State,
  name: string,
  change: { parallelism?: number; paused?: boolean },
  at: number,
): void {
  const existing = state.queues.get(name);
  if (!existing) {
    const { parallelism = 1, paused = false } = change;
    state.queues.set(name, { name, parallelism, paused, createdAt: at, updatedAt: at });
    return;
  }
  if (change.parallelism === undefined && change.paused === undefined) return;
  existing.parallelism = change.parallelism ?? existing.parallelism;
  existing.paused = change.paused ?? existing.paused;
  existing.updatedAt = at;
}

function endMessage(
  state: State,
  message: Message,
  logState: LogState,
  scheduledState: ScheduledState,
  at: number,
  attempt?: AttemptSummary,
): void {
  state.log.add(message, {
    time: at,
    state: logState,
    ...(attempt ? { attempt, retried: message.retried } : {}),
  });
  state.log.finish(message.id, at);
  state.removeMessage(message);
  const states = message.scheduleId ? state.schedules.get(message.scheduleId)?.lastStates : undefined;
  if (states && message.id in states) states[message.id] = scheduledState;
}

function prune(state: State, at: number): void {
  const { limits } = state;
  state.log.dropBefore(at - limits.logRetentionMs);
  for (const [id, entry] of state.deduplications) {
    if (entry.until > at) break;
    state.deduplications.delete(id);
  }
  for (const [id, letter] of state.deadLetters) {
    if (letter.failedAt > at - limits.deadLetterRetentionMs) break;
    state.deadLetters.delete(id);
  }
  const inUse = new Set<string>();
  for (const message of state.messages.values()) if (message.flow) inUse.add(message.flow.key);
  for (const [name, key] of state.flowKeys) {
    const pinned = key.pinnedParallelism || key.pinnedRate || key.paused;
    const counting = key.periodStart + key.period * 1000 > at;
    if (!pinned && !counting && !inUse.has(name) && key.usedAt < at - limits.idleFlowKeyRetentionMs) {
      state.flowKeys.delete(name);
    }
  }
}
