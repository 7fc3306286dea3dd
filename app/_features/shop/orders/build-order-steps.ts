import type { OrderItem } from "../orders-api";

export type StepState = "waiting" | "active" | "done" | "stuck" | "skipped";

/** The queues that have words of their own; `again` ones say what a refund made of the first. */
const KNOWN = [
  "deliver-goods",
  "referral-bonuses",
  "supplier-notifications",
  "leaderboards",
  "payments",
] as const;
type Known = (typeof KNOWN)[number];
type Repeated = Extract<Known, "referral-bonuses" | "supplier-notifications" | "leaderboards">;

export type StepName = "placed" | "payment" | "refunded" | "later" | Known | `${Repeated}-again`;

export interface Step {
  /** Unique in its order. */
  key: string;
  name: StepName;
  state: StepState;
  /** When it was done, where that is known; ISO. */
  at: string | null;
}

const TASK_STATE: Record<OrderItem["tasks"][number]["state"], StepState> = {
  pending: "waiting",
  published: "active",
  running: "active",
  done: "done",
  dead: "stuck",
  cancelled: "skipped",
};

/** What has happened to an order and what is yet to come, in the order it happens. */
export function stepsOf(order: OrderItem): Step[] {
  const steps: Step[] = [
    { key: "placed", name: "placed", state: "done", at: order.createdAt },
    { key: "payment", name: "payment", state: paymentState(order), at: order.paidAt },
    ...taskSteps(order),
  ];
  const isUndelivered = order.status === "pending" || order.status === "paid";
  if (isUndelivered && !order.tasks.some(({ queue }) => queue === "deliver-goods")) {
    steps.push({ key: "deliver-goods", name: "deliver-goods", state: "waiting", at: null });
  }
  if (order.status === "refunded") {
    steps.push({ key: "refunded", name: "refunded", state: "done", at: order.closedAt });
  }
  return steps;
}

function paymentState({ status, paidAt }: OrderItem): StepState {
  if (paidAt) return "done";
  return status === "failed" ? "stuck" : "active";
}

function taskSteps({ tasks, deliveredAt }: OrderItem): Step[] {
  const seen = new Map<string, number>();
  return tasks.map(({ queue, state }) => {
    const before = seen.get(queue) ?? 0;
    seen.set(queue, before + 1);
    return {
      key: `${queue}:${before}`,
      name: nameOf(queue, before > 0),
      state: TASK_STATE[state],
      at: queue === "deliver-goods" ? deliveredAt : null,
    };
  });
}

function nameOf(queue: string, again: boolean): StepName {
  const known = KNOWN.find((name) => name === queue);
  if (known === undefined) return "later";
  return again && isRepeated(known) ? `${known}-again` : known;
}

const isRepeated = (name: Known): name is Repeated => name !== "deliver-goods" && name !== "payments";
