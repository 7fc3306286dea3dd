import { db } from "@/lib/db";
import { groupBy, type Records, type TaskRecord, type Violation } from "./read-records";

/** The order that a task belongs to. */
export function orderIdOfTask(task: TaskRecord, byId: ReadonlyMap<string, TaskRecord>): string | null {
  const { orderId } = task.payload as { orderId?: string };
  if (orderId) return orderId;
  const [what, id = ""] = task.key.split(":");
  // Tasks that the creator's task enqueues are named after that task.
  const parent = what === "supplier" ? byId.get(id) : undefined;
  return parent ? orderIdOfTask(parent, byId) : id || null;
}

const SALE_QUEUES = ["deliver-goods", "referral-bonuses", "supplier-notifications", "leaderboards"];

/**
 * Every task is done, or dead with an open alert, and belongs to an existing order; the payment of an order may cancel
 * its check. An order is paid ⇔ it has exactly the expected tasks.
 */
export function checkTasks(records: Records): Violation[] {
  const violations: Violation[] = [];
  const byId = new Map(records.tasks.map((task) => [task.id, task]));
  const alerted = new Set(
    records.alerts.filter(({ kind }) => kind === "task_dead").map(({ subject }) => subject),
  );
  const orderIds = new Set(records.orders.map(({ id }) => id));
  const paidIds = new Set(records.orders.flatMap((order) => (order.paymentIntentId ? [order.id] : [])));
  for (const task of records.tasks) {
    const orderId = orderIdOfTask(task, byId);
    const name = `${task.queue} ${task.key}`;
    if (task.state === "dead") {
      if (!alerted.has(task.id))
        violations.push({ orderId, what: `${name} is dead without an alert: ${task.error}` });
    } else if (task.state !== "done" && !isNeedlessCheck(task, orderId, paidIds))
      violations.push({ orderId, what: `${name} is ${task.state}: ${task.error}` });
    if (orderId === null || !orderIds.has(orderId)) {
      violations.push({ orderId, what: `${name} belongs to no order: its transaction was rolled back` });
    }
  }
  const byOrder = groupBy(records.tasks, (task) => orderIdOfTask(task, byId));
  for (const order of records.orders) {
    for (const what of orderTaskViolations(order, byOrder.get(order.id) ?? [], records))
      violations.push({ orderId: order.id, what });
  }
  return violations;
}

function isNeedlessCheck(
  { queue, key, state }: TaskRecord,
  orderId: string | null,
  paidIds: ReadonlySet<string>,
): boolean {
  const isCheck = queue === "payments" && key.startsWith("check:");
  return isCheck && state === "cancelled" && orderId !== null && paidIds.has(orderId);
}

type Order = Records["orders"][number];

function orderTaskViolations(order: Order, tasks: readonly TaskRecord[], records: Records): string[] {
  const { id, status, paymentIntentId, refundedMinor } = order;
  const keys = new Set(tasks.map(({ queue, key }) => `${queue} ${key.replaceAll(id, "*")}`));
  const has = (name: string) => keys.has(name);
  const violations: string[] = [];
  const expectTask = (name: string, expected: boolean) => {
    if (has(name) !== expected) violations.push(`${expected ? "lacks" : "has"} the task ${name}`);
  };
  const isSold = has("deliver-goods *");
  // An order refunded before its payment was processed, or because it was sold out, was never sold.
  const mustBeSold = paymentIntentId !== null && status !== "refunded" && status !== "failed";
  if (mustBeSold && !isSold) violations.push(`is ${status} and has no deliver-goods`);
  if (paymentIntentId === null && isSold) violations.push("not paid, and it has deliver-goods");
  expectTask("supplier-notifications *", isSold);
  expectTask("leaderboards *", isSold);
  expectTask("referral-bonuses *", isSold);

  const isTakenBack = isSold && status === "refunded";
  expectTask("supplier-notifications *:refunded", isTakenBack);
  expectTask("leaderboards *:refunded", isTakenBack);
  expectTask("referral-bonuses *:reverse", isTakenBack);
  const sums = (queue: string, infix: string) =>
    [...keys]
      .filter((key) => key.startsWith(`${queue} *:${infix}:`))
      .map((key) => Number(key.split(":").at(-1)))
      .sort((left, right) => left - right);
  const steps = sums("supplier-notifications", "refunded");
  if (String(steps) !== String(sums("leaderboards", "refunded"))) {
    violations.push("creator and leaderboards have tasks of different refunds");
  }
  if (String(steps) !== String(sums("referral-bonuses", "reverse"))) {
    violations.push("creator and referrer's bonus have tasks of different refunds");
  }
  if (steps.some((sum) => sum > refundedMinor)) violations.push("a refund was counted that was not made");
  if (!isSold && steps.length > 0) violations.push("was not sold, and has tasks of refunds of the sale");
  for (const queue of ["notifications", "emails"]) {
    const refundKeys = [...keys].filter((key) => key.startsWith(`${queue} refund:*:`));
    if (refundedMinor > 0 !== has(`${queue} refund:*:${refundedMinor}`)) {
      violations.push(
        `${refundedMinor} refunded, and ${queue} report: ${refundKeys.join(", ") || "nothing"}`,
      );
    }
    const isDelivered = records.deliveries.some(({ orderId }) => orderId === id);
    expectTask(`${queue} delivered:*`, isDelivered);
  }
  for (const task of tasks.filter(({ queue }) => queue === "supplier-notifications")) {
    if (task.state !== "done") continue;
    const follows = (queue: string) =>
      tasks.some((other) => other.queue === queue && other.key === `supplier:${task.id}`);
    const { event } = task.payload as { event: string };
    if (!follows("notifications")) violations.push(`the creator has no notification of ${event}`);
    if (follows("emails") !== (event === "sold")) violations.push(`the creator's mail of ${event} is wrong`);
  }
  const known = new Set([...SALE_QUEUES, "payments", "notifications", "emails"]);
  for (const { queue } of tasks) if (!known.has(queue)) violations.push(`has a task of ${queue}`);
  return violations;
}

/** Installs triggers that record every change of a finished task. */
export async function watchTaskRegressions(): Promise<void> {
  await db().$executeRawUnsafe(
    `CREATE TABLE IF NOT EXISTS "SoakRegression" (id uuid, key text, change text, at timestamptz DEFAULT now())`,
  );
  await db().$executeRawUnsafe(`TRUNCATE "SoakRegression"`);
  await db().$executeRawUnsafe(`
CREATE OR REPLACE FUNCTION soak_watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO "SoakRegression" (id, key, change) VALUES (OLD.id, OLD.queue || ' ' || OLD.key,
    OLD.state || ' became ' || CASE WHEN TG_OP = 'DELETE' THEN 'nothing' ELSE NEW.state::text END);
  RETURN NULL;
END $$`);
  await db().$executeRawUnsafe(`
CREATE OR REPLACE TRIGGER soak_watch AFTER UPDATE ON "Task" FOR EACH ROW
WHEN (OLD.state IN ('done', 'dead', 'cancelled') AND NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION soak_watch()`);
  await db().$executeRawUnsafe(`
CREATE OR REPLACE TRIGGER soak_watch_gone AFTER DELETE ON "Task" FOR EACH ROW EXECUTE FUNCTION soak_watch()`);
}

/** Violations of: a finished task never changes its state, not even temporarily. */
export async function checkTaskRegressions(): Promise<Violation[]> {
  const rows = await db().$queryRaw<
    { key: string; change: string }[]
  >`SELECT key, change FROM "SoakRegression"`;
  return rows.map(({ key, change }) => ({
    orderId: /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(key)?.[0] ?? null,
    what: `${key}: ${change}`,
  }));
}
