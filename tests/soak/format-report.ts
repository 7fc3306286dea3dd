import { db } from "@/lib/db";
import type { SoakResult } from "./run-soak";

const MAX_REPORTED_ORDERS = 10;

/** A soak's result in a few lines; with violations, also everything known about the affected orders. */
export async function formatReport({ plan, ...result }: SoakResult): Promise<string> {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ");
  const lines = [
    `seed ${plan.seed}, ${plan.orders.length} orders planned, ${result.seconds} s`,
    `faults: ${list(result.faults)}; ${result.deaths} instances died`,
    list(result.counts),
  ];
  if (result.violations.length === 0) return [...lines, "no violations"].join("\n");
  lines.push(
    `${result.violations.length} VIOLATIONS; repeat with: npm run test:soak -- --seed ${plan.seed} --orders ${plan.orders.length}`,
  );
  for (const { orderId, what } of result.violations) lines.push(`  ${orderId ?? "-"}: ${what}`);
  const ids = [...new Set(result.violations.flatMap(({ orderId }) => orderId ?? []))].slice(
    0,
    MAX_REPORTED_ORDERS,
  );
  for (const id of ids) {
    lines.push(
      "",
      `order ${id}`,
      ...result.journal.linesOf(id).map((line) => `  ${line}`),
      ...(await orderRows(id)),
    );
  }
  lines.push("", "injected faults", ...result.journal.linesAbout().map((line) => `  ${line}`));
  return lines.join("\n");
}

async function orderRows(id: string): Promise<string[]> {
  const [order, tasks, events, entries] = await Promise.all([
    db().order.findUnique({ where: { id } }),
    db().task.findMany({
      where: { OR: [{ key: { contains: id } }, { payload: { path: ["orderId"], equals: id } }] },
      orderBy: { id: "asc" },
    }),
    db().paymentEvent.findMany({ where: { orderId: id }, orderBy: { receivedAt: "asc" } }),
    db().bonusEntry.findMany({ where: { key: { contains: id } } }),
  ]);
  const time = (at: Date | null) => at?.toISOString().slice(11) ?? "-";
  return [
    `  ${JSON.stringify(order)}`,
    ...events.map(({ id: event, type, receivedAt }) => `  event ${time(receivedAt)} ${type} ${event}`),
    ...tasks.map(
      ({ queue, key, state, attempts, generation, finishedAt, error }) =>
        `  task ${queue} ${key} ${state}, ${attempts} attempts, generation ${generation}, ${time(finishedAt)} ${error ?? ""}`,
    ),
    ...entries.map(({ kind, amount, key }) => `  bonus ${kind} ${amount} ${key}`),
  ];
}
