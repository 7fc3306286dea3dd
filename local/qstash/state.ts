import { MessageLog } from "./message-log";
import type {
  Counters,
  DeadLetter,
  Deduplication,
  FlowKey,
  Keys,
  LogEntry,
  Message,
  MessageSpec,
  Queue,
  Schedule,
  UrlGroup,
} from "./model";
import type { Limits } from "./options";

const DAY_MS = 86_400_000;
const dayOf = (time: number): number => Math.floor(time / DAY_MS);

/**
 * The state of the server. Only `applyRecord` changes it, so memory always equals a replay of the journal; `dump`
 * writes a snapshot and `loader` reads one.
 */
export class State {
  readonly log: MessageLog;
  /** Accepted and not finished. */
  readonly messages = new Map<string, Message>();
  /** Ids of unfinished messages by queue. */
  readonly messageIdsByQueue = new Map<string, Set<string>>();
  /** Oldest first. */
  readonly deadLetters = new Map<string, DeadLetter>();
  readonly queues = new Map<string, Queue>();
  readonly groups = new Map<string, UrlGroup>();
  readonly schedules = new Map<string, Schedule>();
  readonly flowKeys = new Map<string, FlowKey>();
  readonly deduplications = new Map<string, Deduplication>();
  readonly counters: Counters = {
    published: 0,
    deduplicated: 0,
    delivered: 0,
    retried: 0,
    deadLettered: 0,
    canceled: 0,
  };
  keys: Keys | null = null;
  /** Messages of one UTC day: each accepted one, and each retry, since a plan counts delivery attempts. */
  usage = { day: 0, messages: 0 };
  nextSeq = 1;
  /** Number of dead letters ever: the second half of a dead letter's id. */
  letterCount = 0;
  /** Time of the latest record, unix ms. Later records are never dated earlier, so time order is arrival order. */
  lastAt = 0;

  constructor(readonly limits: Limits) {
    this.log = new MessageLog(limits);
  }

  /** Messages counted on the UTC day of `time` (unix ms). */
  messagesOn(time: number): number {
    return this.usage.day === dayOf(time) ? this.usage.messages : 0;
  }

  countMessage(at: number): void {
    this.usage = { day: dayOf(at), messages: this.messagesOn(at) + 1 };
  }

  addMessage(message: Message): void {
    this.messages.set(message.id, message);
    if (message.queueName === undefined) return;
    const ids = this.messageIdsByQueue.get(message.queueName) ?? new Set();
    this.messageIdsByQueue.set(message.queueName, ids.add(message.id));
  }

  removeMessage(message: Message): void {
    this.messages.delete(message.id);
    if (message.queueName === undefined) return;
    const ids = this.messageIdsByQueue.get(message.queueName);
    if (ids?.delete(message.id) && ids.size === 0) this.messageIdsByQueue.delete(message.queueName);
  }

  /** The state as lines of JSON, for `loader` in this order. */
  *dump(): Generator<string> {
    const line = (kind: string, value: unknown): string => JSON.stringify({ kind, value });
    const { counters, keys, usage, nextSeq, letterCount, lastAt } = this;
    yield line("head", { counters, keys, usage, nextSeq, letterCount, lastAt, nextLogSeq: this.log.nextSeq });
    for (const value of this.messages.values()) yield line("message", value);
    for (const [id, { message, finishedAt }] of this.log.messages) {
      if (!this.messages.has(id)) yield line("finished", { message, finishedAt });
    }
    for (const value of this.log.oldestFirst()) yield line("log", value);
    for (const value of this.deadLetters.values()) yield line("letter", value);
    for (const value of this.queues.values()) yield line("queue", value);
    for (const value of this.groups.values()) yield line("group", value);
    for (const value of this.schedules.values()) yield line("schedule", value);
    for (const value of this.flowKeys.values()) yield line("flowKey", value);
    for (const [id, value] of this.deduplications) yield line("deduplication", { id, ...value });
  }

  /** Returns a function that loads the lines of `dump`. Lines have passed a checksum and are not validated. */
  loader(): (line: string) => void {
    const finished = new Map<string, { message: MessageSpec; finishedAt: number }>();
    return (line) => {
      const { kind, value } = JSON.parse(line);
      switch (kind) {
        case "head":
          this.keys = value.keys;
          // Snapshots of earlier versions have no usage.
          this.usage = value.usage ?? this.usage;
          this.nextSeq = value.nextSeq;
          this.letterCount = value.letterCount;
          this.lastAt = value.lastAt;
          this.log.nextSeq = value.nextLogSeq;
          Object.assign(this.counters, value.counters);
          break;
        case "message":
          this.addMessage(value);
          break;
        case "finished":
          finished.set(value.message.id, value);
          break;
        case "log":
          this.loadLogEntry(value, finished);
          break;
        case "letter":
          this.deadLetters.set(value.dlqId, value);
          break;
        case "queue":
          this.queues.set(value.name, value);
          break;
        case "group":
          this.groups.set(value.name, value);
          break;
        case "schedule":
          this.schedules.set(value.id, value);
          break;
        case "flowKey":
          this.flowKeys.set(value.key, value);
          break;
        case "deduplication": {
          const { id, ...entry } = value;
          this.deduplications.set(id, entry);
          break;
        }
        default:
          throw new Error(`snapshot line of unknown kind ${kind}: written by a newer version?`);
      }
    };
  }

  private loadLogEntry(
    entry: LogEntry,
    finished: Map<string, { message: MessageSpec; finishedAt: number }>,
  ): void {
    const finishedMessage = finished.get(entry.messageId);
    const message = this.messages.get(entry.messageId) ?? finishedMessage?.message;
    if (!message) return;
    this.log.insert(entry, message);
    if (finishedMessage) this.log.finish(entry.messageId, finishedMessage.finishedAt);
  }
}
