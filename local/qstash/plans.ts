/** What a plan of QStash allows, as its price list has it. A limit that is absent is not enforced. */
export interface Plan {
  name: PlanName;
  /** Messages of one UTC day. */
  messagesPerDay?: number;
  maxMessageBytes?: number;
  maxDelayMs?: number;
  /** Time limit of one delivery; a longer `Upstash-Timeout` is cut to it. */
  maxResponseMs?: number;
  maxSchedules?: number;
  maxQueues?: number;
  maxUrlGroups?: number;
  maxEndpointsPerUrlGroup?: number;
  logRetentionMs?: number;
  deadLetterRetentionMs?: number;
}

export const PLAN_NAMES = ["free", "payg", "pro"] as const;
export type PlanName = (typeof PLAN_NAMES)[number];

const MB = 1024 * 1024;
const MINUTE = 60_000;
const DAY = 86_400_000;

export const plans: Readonly<Record<PlanName, Plan>> = {
  free: {
    name: "free",
    messagesPerDay: 1_000,
    maxMessageBytes: MB,
    maxDelayMs: 7 * DAY,
    maxResponseMs: 15 * MINUTE,
    maxSchedules: 10,
    maxQueues: 10,
    maxUrlGroups: 1,
    maxEndpointsPerUrlGroup: 100,
    logRetentionMs: 3 * DAY,
    deadLetterRetentionMs: 3 * DAY,
  },
  payg: {
    name: "payg",
    maxMessageBytes: 10 * MB,
    maxDelayMs: 365 * DAY,
    maxResponseMs: 120 * MINUTE,
    maxUrlGroups: 100,
  },
  /** The fixed plan of a million messages a day. */
  pro: { name: "pro", messagesPerDay: 1_000_000, maxMessageBytes: 50 * MB },
};

export function isPlanName(text: string): text is PlanName {
  return PLAN_NAMES.some((name) => name === text);
}
