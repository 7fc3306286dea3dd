import { z } from "zod";

const scopeFields = {
  /** Number of calls to affect; default: all, until the fault is cleared. */
  times: z.int().min(1).optional(),
  /** Calls to let through before the first is affected. */
  after: z.int().min(0).default(0),
  /** Affects only this method; case does not count. */
  method: z.string().toLowerCase().optional(),
  /** Affects only this bot and this chat, so that parallel tests do not disturb each other. */
  bot: z.int().optional(),
  chat: z.int().optional(),
};

/** A way for a call of the Bot API to fail. */
const callFaultSchema = z.discriminatedUnion("kind", [
  /** Answers with this error, without effect. */
  z.strictObject({
    kind: z.literal("error"),
    code: z.int().min(400).max(599).default(500),
    description: z.string().default("Internal Server Error"),
    ...scopeFields,
  }),
  /** Answers 429, without effect. */
  z.strictObject({ kind: z.literal("rate-limit"), retryAfter: z.int().min(1).default(1), ...scopeFields }),
  /** Never answers, without effect. */
  z.strictObject({ kind: z.literal("hang"), ...scopeFields }),
  /** Closes the connection, without effect. */
  z.strictObject({ kind: z.literal("refuse"), ...scopeFields }),
  /** Does the work and closes the connection without an answer: the outcome is unknown to the bot. */
  z.strictObject({ kind: z.literal("lost"), ...scopeFields }),
  /** Does the work and answers this much later. */
  z.strictObject({ kind: z.literal("slow"), delayMs: z.int().min(1), ...scopeFields }),
]);

/** What happens to updates on their way to a webhook. */
const updateFaultSchema = z.strictObject({
  /** Affects only this bot's updates. */
  bot: z.int().optional(),
  /** Updates wait until this is off again. */
  hold: z.boolean().default(false),
  /** Each update is sent this many times at once. */
  copies: z.int().min(1).max(50).default(1),
  /** This many updates are collected and then sent last first, each after the one before it was answered; once. */
  reorder: z.int().min(2).max(1_000).nullable().default(null),
  /** Each update is sent this much later. */
  delayMs: z.int().min(0).default(0),
});

const faultsSchema = z.strictObject({
  calls: z.array(callFaultSchema).default([]),
  updates: updateFaultSchema.prefault({}),
});

type CallFault = z.output<typeof callFaultSchema>;
type Faults = z.output<typeof faultsSchema>;
export type FaultsInput = z.input<typeof faultsSchema>;

const NO_UPDATE_FAULTS = updateFaultSchema.parse({});

/** The active faults, in memory: a restart clears them. */
export class FaultSwitch {
  private faults: Faults = faultsSchema.parse({});
  private readonly listeners = new Set<() => void>();

  get current(): Faults {
    return this.faults;
  }

  /** Replaces all faults; `{}` clears them. @throws {z.ZodError} */
  set(input: unknown): Faults {
    this.faults = faultsSchema.parse(input);
    for (const listener of this.listeners) listener();
    return this.faults;
  }

  /** What happens to updates of a bot. */
  updatesOf(bot: number): Faults["updates"] {
    const { updates } = this.faults;
    return updates.bot === undefined || updates.bot === bot ? updates : NO_UPDATE_FAULTS;
  }

  /** `reorder` is for one batch. */
  endReorder(): void {
    this.faults = { ...this.faults, updates: { ...this.faults.updates, reorder: null } };
  }

  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** The first fault for this call, if any; decrements `after` or `times`. */
  consumeForCall(method: string, bot: number, chat: number | null): CallFault | null {
    for (const fault of this.faults.calls) {
      if (fault.method !== undefined && fault.method !== method.toLowerCase()) continue;
      if (fault.bot !== undefined && fault.bot !== bot) continue;
      if (fault.chat !== undefined && fault.chat !== chat) continue;
      if (fault.after > 0) {
        this.replace(fault, { ...fault, after: fault.after - 1 });
        continue;
      }
      const left = fault.times === undefined ? undefined : fault.times - 1;
      this.replace(fault, left === 0 ? null : { ...fault, ...(left === undefined ? {} : { times: left }) });
      return fault;
    }
    return null;
  }

  private replace(fault: CallFault, next: CallFault | null): void {
    const calls = this.faults.calls.flatMap((other) => (other === fault ? (next ?? []) : other));
    this.faults = { ...this.faults, calls };
  }
}
