import type { CachedBot, CachedPerson, CachedVariables } from "../cache";
import type { Locale } from "../core/locale";
import type { Execution, Variables } from "../schemas/bot";
import type { Definition, NodeOf } from "../schemas/workflow";

/** What a run knows besides its execution. */
export interface RunContext {
  bot: CachedBot;
  person: CachedPerson;
  /** Of Telegram. */
  chatId: string;
  language: Locale;
  /** Null without a linked account. */
  account: CachedVariables | null;
  siteUrl: string;
  nowMs: number;
  /** The person's other unfinished executions, newest first. */
  others: readonly Execution[];
  loadDefinition(workflowId: string, versionId: string): Promise<Definition>;
}

/** Why an execution goes on. */
export type RunInput =
  | { kind: "start" }
  /** The button with this number of the message or question that it waits at. */
  | { kind: "button"; index: number }
  /** A text, or the phone number of a contact that is the person's own. */
  | { kind: "answer"; text: string | null; phone: string | null }
  | { kind: "time" }
  /** An operator: it performs the node where it is again. */
  | { kind: "again" }
  | { kind: "outcome"; outcome: HeavyOutcome };

/** A node whose work is done by a task. */
export type HeavyNode = NodeOf<"httpRequest"> | NodeOf<"spendBonuses"> | NodeOf<"creditBonuses">;

/** What came of a heavy node. */
export interface HeavyOutcome {
  /** The way on. */
  take: "next" | "failed" | "insufficient" | "already" | "unlinked";
  variables: Variables;
  /** The balance after it, in hundredths. */
  balance?: number;
  error?: string;
}

/** A step as it is stored. */
export interface StepRow {
  no: number;
  versionId: string;
  nodeId: string;
  kind: string;
  input: object | null;
  output: object | null;
  error: string | null;
}

/** A call of the Bot API that is stored before it is made. */
export interface OutgoingMessage {
  method: "sendMessage" | "sendPhoto";
  payload: Record<string, unknown>;
  executionId: string | null;
  stepNo: number | null;
  /** That it carries. */
  notificationId?: string;
}

/** What one run writes, all of it in one transaction. */
export interface Run {
  execution: Execution;
  steps: StepRow[];
  messages: OutgoingMessage[];
  /** One-time codes, by their hash. */
  linkCodes: { id: string; hash: string; expiresAt: string }[];
  /** Turns the person's notifications on or off; not set: leaves them as they are. */
  isNotified?: boolean;
}
