import { groupBy, type Records, type Violation } from "./read-records";
import { orderIdOfTask } from "./tasks";

/** As many deliveries as were bought and none otherwise; one notification and one mail for each task of theirs. */
export function checkEffects(books: Records): Violation[] {
  const violations: Violation[] = [];
  const deliveries = groupBy(books.deliveries, ({ orderId }) => orderId);
  for (const { id: orderId, status, quantity } of books.orders) {
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

  const byId = new Map(books.tasks.map((task) => [task.id, task]));
  const notified = groupBy(books.notifications, ({ key }) => key);
  for (const task of books.tasks) {
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
      const count = books.mails.get(task.id) ?? 0;
      // Mails are promised at least once: a second one only after an attempt that nobody knows the end of.
      if ((task.state === "done" && count === 0) || count > task.attempts) {
        violations.push({
          orderId: orderIdOfTask(task, byId),
          what: `mail ${task.key} is ${task.state} after ${task.attempts} attempts, and came ${count} times`,
        });
      }
    }
  }
  for (const { key, kind } of books.notifications) {
    if (byId.get(key)?.queue !== "notifications")
      violations.push({ orderId: null, what: `a notification (${kind}) of no task` });
  }
  for (const id of books.mails.keys()) {
    if (byId.get(id)?.queue !== "emails")
      violations.push({ orderId: null, what: `a mail of no task: ${id}` });
  }
  return violations;
}
