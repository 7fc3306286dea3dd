import type { OrderView } from "@/lib/schemas/order";
import { isUndelivered } from "@/lib/schemas/order-status";

export type StepState = "waiting" | "active" | "done" | "stuck" | "skipped";

/** Queues with their own step name; the `-again` variants name the step that a refund adds. */
const KNOWN_QUEUES = [
  "deliver-goods",
  "referral-bonuses",
  "supplier-notifications",
  "leaderboards",
  "payments",
] as const;
type KnownQueue = (typeof KNOWN_QUEUES)[number];
type ReversibleQueue = Extract<KnownQueue, "referral-bonuses" | "supplier-notifications" | "leaderboards">;

export type StepName = "placed" | "payment" | "refunded" | "later" | KnownQueue | `${ReversibleQueue}-again`;

export interface Step {
  /** Unique in its order. */
  key: string;
  name: StepName;
  state: StepState;
  /** Completion time in ISO format, if known. */
  at: string | null;
}

const STEP_STATE_BY_TASK: Record<OrderView["tasks"][number]["state"], StepState> = {
  pending: "waiting",
  published: "active",
  running: "active",
  done: "done",
  dead: "stuck",
  cancelled: "skipped",
};

/** Past and future steps of an order, in the order in which they happen. */
export function buildOrderSteps(order: OrderView): Step[] {
  const steps: Step[] = [
    { key: "placed", name: "placed", state: "done", at: order.createdAt },
    { key: "payment", name: "payment", state: paymentState(order), at: order.paidAt },
    ...taskSteps(order),
  ];
  if (!order.tasks.some(({ queue }) => queue === "deliver-goods")) {
    const step = { key: "deliver-goods", name: "deliver-goods" } as const;
    if (isUndelivered(order.status)) steps.push({ ...step, state: "waiting", at: null });
    // The tasks of an old order have been deleted.
    else if (order.deliveredAt) steps.push({ ...step, state: "done", at: order.deliveredAt });
  }
  if (order.status === "refunded") {
    steps.push({ key: "refunded", name: "refunded", state: "done", at: order.closedAt });
  }
  return steps;
}

function paymentState({ status, paidAt }: OrderView): StepState {
  if (paidAt) return "done";
  return status === "failed" ? "stuck" : "active";
}

function taskSteps({ tasks, deliveredAt }: OrderView): Step[] {
  const countByQueue = new Map<string, number>();
  return tasks.map(({ queue, state }) => {
    const previousRuns = countByQueue.get(queue) ?? 0;
    countByQueue.set(queue, previousRuns + 1);
    return {
      key: `${queue}:${previousRuns}`,
      name: stepName(queue, previousRuns > 0),
      state: STEP_STATE_BY_TASK[state],
      at: queue === "deliver-goods" ? deliveredAt : null,
    };
  });
}

function stepName(queue: string, isRepeat: boolean): StepName {
  const known = KNOWN_QUEUES.find((name) => name === queue);
  if (known === undefined) return "later";
  return isRepeat && isReversible(known) ? `${known}-again` : known;
}

const isReversible = (name: KnownQueue): name is ReversibleQueue =>
  name !== "deliver-goods" && name !== "payments";
