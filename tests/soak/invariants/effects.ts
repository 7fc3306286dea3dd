import { groupBy, type Records, type Violation } from "./read-records";
import { orderIdOfTask } from "./tasks";

/**
 * Every delivered order has one delivery per unit, others have none; each notification and mail task had one effect.
 */
export function checkEffects(records: Records): Violation[] {
  const violations: Violation[] = [];
  const deliveries = groupBy(records.deliveries, ({ orderId }) => orderId);
  for (const { id: orderId, status, quantity } of records.orders) {
    const units = deliveries.get(orderId) ?? [];
    const open = units.filter(({ revokedAt }) => revokedAt === null).length;
    const report = () =>
      violations.push({
        orderId,
        what: `${status}: ${units.length} deliveries for ${quantity}, ${open} not revoked`,
      });
    if (status === "delivered") {
      if (units.length !== quantity || open !== quantity) report();
    } else if (status === "refunded") {
      if ((units.length !== 0 && units.length !== quantity) || open !== 0) report();
    } else if (units.length > 0) report();
  }

  const byId = new Map(records.tasks.map((task) => [task.id, task]));
  const notified = groupBy(records.notifications, ({ key }) => key);
  for (const task of records.tasks) {
    if (task.queue === "notifications") {
      const count = notified.get(task.id)?.length ?? 0;
      if (count !== (task.state === "done" ? 1 : 0)) {
        violations.push({
          orderId: orderIdOfTask(task, byId),
          what: `${task.key} is ${task.state}: ${count} notifications`,
        });
      }
    }
    if (task.queue === "emails") {
      const count = records.mails.get(task.id) ?? 0;
      // Mails are sent at least once: a second one only after an attempt with an unknown outcome.
      if ((task.state === "done" && count === 0) || count > task.attempts) {
        violations.push({
          orderId: orderIdOfTask(task, byId),
          what: `mail ${task.key} is ${task.state} after ${task.attempts} attempts, and was sent ${count} times`,
        });
      }
    }
  }
  for (const { key, kind } of records.notifications) {
    if (byId.get(key)?.queue !== "notifications")
      violations.push({ orderId: null, what: `a notification (${kind}) without a task` });
  }
  for (const id of records.mails.keys()) {
    if (byId.get(id)?.queue !== "emails")
      violations.push({ orderId: null, what: `a mail without a task: ${id}` });
  }
  return violations;
}
