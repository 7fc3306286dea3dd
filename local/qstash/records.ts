import type {
  AttemptSummary,
  DeadLetter,
  Deduplication,
  Endpoint,
  Keys,
  MessageSpec,
  ScheduleSpec,
} from "./model";

/**
 * A record of the journal: one change of the state. It contains everything that applying it needs, times and ids
 * included, so replaying the journal gives exactly the state that was in memory.
 */
export type JournalRecord = { at: number } & (
  | { t: "created"; message: MessageSpec }
  | { t: "deduplicates"; id: string; entry: Deduplication }
  | { t: "duplicate" }
  | { t: "started"; id: string }
  | { t: "retry"; id: string; dueAt: number; attempt: AttemptSummary }
  | { t: "delivered"; id: string; attempt: AttemptSummary }
  | { t: "died"; id: string; attempt: AttemptSummary; letter: Omit<DeadLetter, "message"> }
  | { t: "cancelRequested"; id: string }
  | { t: "canceled"; id: string; attempt?: AttemptSummary }
  | { t: "lettersRemoved"; ids: string[] }
  | { t: "queueSet"; name: string; parallelism?: number; paused?: boolean }
  | { t: "queueRemoved"; name: string }
  | { t: "groupSet"; name: string; endpoints: Endpoint[] }
  | { t: "groupRemoved"; name: string }
  | { t: "scheduleSet"; schedule: ScheduleSpec; nextAt: number }
  | { t: "schedulePaused"; id: string; paused: boolean; nextAt: number }
  | { t: "scheduleFired"; id: string; tick: number; nextAt: number; messageIds: string[] }
  | { t: "scheduleRemoved"; id: string }
  | { t: "flowPaused"; key: string; paused: boolean }
  | { t: "flowPinned"; key: string; parallelism?: number; rate?: number; period?: number }
  | { t: "flowUnpinned"; key: string; parallelism: boolean; rate: boolean }
  | { t: "flowRateReset"; key: string }
  | { t: "keysSet"; keys: Keys }
  | { t: "pruned" }
);
