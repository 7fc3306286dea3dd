import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parser } from "@prometheus-io/lezer-promql";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { GET as metrics } from "@/app/api/metrics/route";
import {
  type CounterName,
  type HistogramName,
  increment,
  metricDefinitions,
  observe,
  takeCounts,
} from "@/lib/core/counters";
import { env } from "@/lib/core/env";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { flushCounts } from "@/lib/metrics";
import { syncViews } from "@/lib/views";
import { parsePrometheus } from "@/tests/support/clients/parse-prometheus";
import { anchors, readPage } from "@/tests/unit/docs/markdown";

/** ops/prometheus and ops/grafana name only what /api/metrics prints, and sections of the runbook that exist. */

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^NormalDance[A-Z]\w+$/),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.strictObject({ severity: z.enum(["critical", "warning", "info"]) }),
          annotations: z.strictObject({ summary: z.string().min(10), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

const dashboardSchema = z.object({
  title: z.string(),
  uid: z.string(),
  schemaVersion: z.int(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string().min(1),
      type: z.enum(["stat", "timeseries"]),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      datasource: z.object({ type: z.literal("prometheus"), uid: z.string() }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() })).min(1),
    }),
  ),
});

const { groups } = rulesSchema.parse(parse(readFileSync("ops/prometheus/alerts.yml", "utf8")));
const rules = groups.flatMap((group) => group.rules);
const dashboard = dashboardSchema.parse(JSON.parse(readFileSync("ops/grafana/dashboard.json", "utf8")));
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** The labels of each series that a scrape of this app may have, by the series' name. */
const labelsByName = new Map<string, Set<string>>();
let printedText = "";
const taskId = newId();

beforeAll(async () => {
  env().METRICS_INTERVAL_SECONDS = 60;
  takeCounts();
  for (const [name, { kind, labels }] of Object.entries(metricDefinitions)) {
    const values = labels.map(() => "test") as never;
    if (kind === "counter") increment(name as CounterName, values);
    else observe(name as HistogramName, values, 0.1);
  }
  await flushCounts();
  await syncViews({ source: "cron" });
  const past = new Date(Date.now() - 60_000);
  const later = new Date(Date.now() + 86_400_000);
  await db().task.create({
    data: {
      ...{ id: taskId, queue: "signals-test", key: taskId, version: 1, payload: {} },
      ...{ notBefore: past, dueAt: later, deadlineAt: later },
    },
  });
  const headers = { authorization: `Bearer ${env().METRICS_TOKEN}` };
  const response = await metrics(new Request("http://localhost/api/metrics", { headers }), {
    params: Promise.resolve({}),
  });
  printedText = await response.text();
  for (const { samples } of parsePrometheus(printedText).values())
    for (const { name, labels } of samples)
      labelsByName.set(name, new Set([...(labelsByName.get(name) ?? []), ...Object.keys(labels)]));
});
afterAll(async () => {
  env().METRICS_INTERVAL_SECONDS = 0;
  await db().task.deleteMany({ where: { id: taskId } });
});

/** What an expression reads, by Prometheus' own grammar. @throws where it is malformed */
function selectorsOf(expression: string): { name: string; labels: string[] }[] {
  const found: { name: string; labels: string[] }[] = [];
  const groupings: string[] = [];
  const textOf = ({ from, to }: { from: number; to: number }) => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`malformed at ${node.from}: ${expression}`);
      if (node.name === "VectorSelector") {
        const name = node.node.getChild("Identifier");
        if (!name) throw new Error(`a selector without a name: ${expression}`);
        const matchers = node.node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
        const labels = matchers.flatMap((matcher) => matcher.getChildren("LabelName").map(textOf));
        found.push({ name: textOf(name), labels });
      }
      if (node.name === "GroupingLabels") groupings.push(...node.node.getChildren("LabelName").map(textOf));
    },
  });
  return found.map(({ name, labels }) => ({ name, labels: [...labels, ...groupings] }));
}

it("the grammar finds names, labels and mistakes", () => {
  expect(selectorsOf('sum by (route) (rate(a_total{status=~"5..",method="GET"}[5m])) > 1')).toEqual([
    { name: "a_total", labels: ["status", "method", "route"] },
  ]);
  expect(() => selectorsOf("sum(rate(a_total[5m])")).toThrow("malformed");
});

it.each(expressions)("%s reads what the app prints: %s", (_, expression) => {
  const selectors = selectorsOf(expression);
  expect(selectors.length).toBeGreaterThan(0);
  for (const { name, labels } of selectors) {
    expect([...labelsByName.keys()]).toContain(name);
    for (const label of labels) {
      // Of several selectors the grouping is of one that has the label.
      const owners = selectors.filter((one) => labelsByName.get(one.name)?.has(label));
      expect(owners, `${label} in ${expression}`).not.toEqual([]);
    }
  }
});

it.for([
  ["the rules", ["check", "rules", "ops/prometheus/alerts.yml"]],
  ["the rules' own tests", ["test", "rules", "ops/prometheus/alerts.test.yml"]],
  ["what the app prints", ["check", "metrics"]],
] as const)("Prometheus' own promtool accepts %s", ([, args], { skip }) => {
  const { error, status, stdout, stderr } = spawnSync("promtool", args, {
    input: printedText,
    encoding: "utf8",
  });
  skip(error !== undefined, "promtool is not installed: it comes with Debian's package prometheus");
  expect([status, stdout + stderr]).toEqual([0, expect.any(String)]);
});

it("every metric of the app is on the dashboard", () => {
  const shown = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => selectorsOf(expr)));
  const families = new Set(shown.map(({ name }) => name.replace(/_(bucket|sum|count)$/, "")));
  const printed = [...labelsByName.keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ""));
  const missing = [...new Set(printed)].filter((name) => !families.has(name));
  // Alerts read these.
  expect(missing.sort()).toEqual([
    "normaldance_metric_batches_lost_total",
    "normaldance_view_sync_last_timestamp_seconds",
  ]);
});

it("every alert leads to a section of the runbook, and each is there once", () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  const known = anchors(readPage("docs/OPERATIONS.md"));
  for (const { alert, annotations } of rules) {
    const [file, anchor = ""] = annotations.runbook.split("#");
    expect([file, anchor]).toEqual(["docs/OPERATIONS.md", alert.toLowerCase()]);
    expect(known.has(anchor), anchor).toBe(true);
  }
});

it("labels that a summary names are of its expression", () => {
  for (const { expr, annotations } of rules) {
    const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = ""]) => label);
    const selectors = selectorsOf(expr);
    for (const label of named)
      expect(
        selectors.some(({ name, labels }) => labels.includes(label) || labelsByName.get(name)?.has(label)),
        annotations.summary,
      ).toBe(true);
  }
});

it("the dashboard's panels do not overlap, and all ask the chosen Prometheus", () => {
  expect(dashboard.templating.list).toContainEqual(
    expect.objectContaining({ name: "datasource", type: "datasource" }),
  );
  const cells = new Set<string>();
  for (const { gridPos, datasource } of dashboard.panels) {
    expect(datasource.uid).toBe(["$", "{datasource}"].join(""));
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let column = gridPos.x; column < gridPos.x + gridPos.w; column += 1)
      for (let row = gridPos.y; row < gridPos.y + gridPos.h; row += 1) {
        expect(cells.has(`${column}:${row}`)).toBe(false);
        cells.add(`${column}:${row}`);
      }
  }
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
});
