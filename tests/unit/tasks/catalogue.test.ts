import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { maxDuration } from "@/app/api/qstash/[queue]/route";
import { FAILPOINTS } from "@/lib/core/failpoint";
import { RETENTION_DAYS } from "@/lib/core/retention";
import { alertTitles } from "@/lib/schemas/alert";
import { getLane, getQueueDefinition, isQueueName, queues } from "@/lib/tasks/catalogue";
import { COMMIT_SECONDS, lanes, MAX_MESSAGE_SECONDS } from "@/lib/tasks/define-queue";

/** docs/TASKS.md and docs/OPERATIONS.md match the code. */

const tasks = readFileSync("docs/TASKS.md", "utf8");
const operations = readFileSync("docs/OPERATIONS.md", "utf8");

/** The rows of a table under a heading, each a list of cells. */
function tableUnder(heading: string, text = tasks): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return section
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** `2 days`. */
function duration(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? ["second", 1];
  const count = seconds / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

test("the table of queues matches the catalogue", () => {
  const expected = Object.keys(queues)
    .filter(isQueueName)
    .map((queue) => {
      const { delivery, lane, retries, timeoutSeconds, deadlineSeconds, cancellable, available } =
        getQueueDefinition(queue);
      return [
        `\`${queue}\``,
        available ? delivery : `${delivery}, not available`,
        lane,
        String(retries),
        `${timeoutSeconds} s`,
        delivery === "guaranteed" ? duration(deadlineSeconds) : "",
        cancellable ? "yes" : "no",
      ];
    });
  expect(tableUnder("Queues")).toEqual(expected);
});

test("the table of retention periods matches the code", () => {
  const rows = tableUnder("Retention", operations).map(([, setting, days]) => [setting, days]);
  expect(rows).toEqual(Object.entries(RETENTION_DAYS).map(([name, days]) => [`\`${name}\``, String(days)]));
});

test("the table of lanes matches the code", () => {
  const expected = Object.entries(lanes).map(([name, lane]) => [
    `\`${name}\``,
    String(lane.parallelism),
    String(lane.tasksPerMessage),
    "ratePerSecond" in lane ? String(lane.ratePerSecond) : "",
  ]);
  expect(tableUnder("Lanes")).toEqual(expected);
});

test("the table of crashes has every failpoint of the service", () => {
  const named = tableUnder("What a crash leaves behind").map(([cell]) => cell);
  expect(named).toEqual(FAILPOINTS.filter((name) => name.startsWith("tasks.")).map((name) => `\`${name}\``));
});

test("the runbook has every kind of alert", () => {
  const named = tableUnder("Alerts", operations).map(([cell]) => cell);
  expect(named).toEqual(Object.keys(alertTitles).map((kind) => `\`${kind}\``));
});

test("only what follows a payment shares the lane of money", () => {
  const money = Object.keys(queues)
    .filter(isQueueName)
    .filter((queue) => getLane(queue) === lanes.money);
  expect(money).toEqual(["payments", "deliver-goods", "referral-bonuses", "supplier-notifications"]);
});

test("a slow chain node delays no tasks but mints", () => {
  const minting = Object.keys(queues)
    .filter(isQueueName)
    .filter((queue) => getLane(queue).key === getLane("nft-minting").key);
  expect(minting).toEqual(["nft-minting"]);
});

test("a deadline leaves time for all of QStash's attempts", () => {
  for (const queue of Object.keys(queues).filter(isQueueName)) {
    const { delivery, deadlineSeconds, retries } = getQueueDefinition(queue);
    if (delivery === "best-effort") continue;
    let backoffSeconds = 0;
    for (let retry = 1; retry <= retries; retry += 1) backoffSeconds += Math.exp(2.5 * retry);
    expect(deadlineSeconds, queue).toBeGreaterThan(backoffSeconds);
  }
});

test("every earlier version of a queue can be read", () => {
  for (const queue of Object.keys(queues).filter(isQueueName)) {
    const { version, upgrades = {} } = getQueueDefinition(queue);
    const before = Array.from({ length: version - 1 }, (_, index) => String(index + 1));
    expect(Object.keys(upgrades), queue).toEqual(before);
  }
});

test("the tasks of a message fit into the function that runs them", () => {
  const most = Math.max(...Object.values(lanes).map(({ tasksPerMessage }) => tasksPerMessage));
  expect(maxDuration).toBeGreaterThanOrEqual(MAX_MESSAGE_SECONDS + most * COMMIT_SECONDS);
});
