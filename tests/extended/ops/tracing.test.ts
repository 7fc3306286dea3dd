import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { newId } from "@/lib/core/ids";
import { type GuardedProcess, spawnGuarded } from "@/local/process/spawn-guarded";
import { findLogs } from "@/scripts/ops/logs";
import { waitUntil } from "@/tests/support/clients/wait-until";
import { bundleScript } from "@/tests/support/processes/bundle-script";
import { startReceiver, type TestReceiver } from "@/tests/support/servers/receiver";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";

/** An instance of the app as a process of its own, with a collector that records what it exports. */

const backends = await startIsolatedBackends();
const { APP_URL } = process.env;
let collector: TestReceiver;
let folder: string;
let app: GuardedProcess | undefined;
let output: string[] = [];

beforeAll(async () => {
  collector = await startReceiver();
  folder = await mkdtemp(path.join(tmpdir(), "normaldance-logs-"));
});
beforeEach(() => {
  collector.received.length = 0;
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
});
afterAll(async () => {
  await collector.close();
  await backends.stop();
  await rm(folder, { recursive: true });
});

async function startInstance(env: Record<string, string> = {}): Promise<void> {
  output = [];
  app = await spawnGuarded({
    command: process.execPath,
    args: [bundleScript("tests/support/processes/traced-process.ts")],
    env: { ...process.env, NODE_ENV: "production", LOG_LEVEL: "info", ...env },
    onLine: (line) => output.push(line),
  });
  let hasEnded = false;
  void app.exited.then(() => {
    hasEnded = true;
  });
  await waitUntil("the instance is ready", () => output.includes("ready") || hasEnded);
  if (hasEnded) throw new Error(`the instance did not start:\n${output.join("\n")}`);
}

const tracing = (share: string) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_TRACES_SAMPLER_ARG: share,
  OTEL_BSP_SCHEDULE_DELAY: "50",
});

/** A request that fails after it has enqueued a mail. @returns what its caller is shown, and waits for the mail */
async function failOnce(
  headers: Record<string, string> = {},
): Promise<{ status: number; requestId: string }> {
  const response = await fetch(`${APP_URL}/api/test/fail`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ to: `${newId()}@test.example` }),
  });
  const { error } = z.object({ error: z.object({ requestId: z.uuid() }) }).parse(await response.json());
  await waitUntil("the mail is sent", () => output.some((line) => line.includes('"task done"')));
  return { status: response.status, requestId: error.requestId };
}

const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
  links: z.array(z.object({ traceId: z.string() })).default([]),
  status: z.object({ code: z.number().optional() }),
});
const exportSchema = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
});

const spans = () =>
  collector.received
    .filter(({ path: to }) => to === "/v1/traces")
    .flatMap(({ text }) => exportSchema.parse(JSON.parse(text)).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));

it("one trace leads from the request through outbox and QStash to the handler's SQL", async () => {
  await startInstance(tracing("1"));
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  await failOnce({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await waitUntil("the task's span is exported", () => spans().some(({ name }) => name === "task emails"));

  const ofTrace = spans().filter((span) => span.traceId === traceId);
  const only = (name: string) => {
    const found = ofTrace.filter((span) => span.name === name);
    expect(found, name).toHaveLength(1);
    return found[0];
  };
  const request = only("POST route");
  expect(request).toMatchObject({ parentSpanId: "b7ad6b7169203331" });
  const task = only("task emails");
  expect(task).toMatchObject({ parentSpanId: request?.spanId });
  const statementsIn = (spanId = "") =>
    ofTrace
      .filter((span) => span.parentSpanId === spanId)
      .map(({ attributes }) =>
        String(attributes.find(({ key }) => key === "db.query.text")?.value.stringValue ?? ""),
      );
  expect(statementsIn(request?.spanId).join("\n")).toContain('INSERT INTO "Task"');
  expect(statementsIn(task?.spanId).join("\n")).toContain(`UPDATE "Task" SET state = 'done'`);
  // The delivery by QStash is a request of its own, which the task names.
  const [delivery] = task?.links ?? [];
  expect(delivery?.traceId).toMatch(/^(?!0af7)[0-9a-f]{32}$/);
});

it("what is recorded is decided here: a caller's flag changes nothing, and a task follows its request", async () => {
  await startInstance(tracing("0"));
  await failOnce({ traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
  await app?.stop();
  expect(spans()).toEqual([]);
});

it("without a collector nothing is exported, and the log still has the trace", async () => {
  await startInstance();
  const traceId = "1af7651916cd43dd8448eb211c80319c";
  await failOnce({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await app?.stop();
  expect(collector.received).toEqual([]);
  expect(output.filter((line) => line.includes(traceId)).length).toBeGreaterThan(1);
});

it("the id that a person was shown finds the failed request and the tasks that it caused", async () => {
  await startInstance();
  const { status, requestId } = await failOnce();
  expect(status).toBe(500);
  const file = path.join(folder, "log");
  await writeFile(file, `${output.join("\n")}\n`);
  const { json, lines } = await findLogs([requestId], file);
  const found = z.array(z.looseObject({ msg: z.string(), requestId: z.string().optional() })).parse(json);
  expect(found.map(({ msg }) => msg)).toEqual(expect.arrayContaining(["request failed", "task done"]));
  expect(found.find(({ msg }) => msg === "request failed")).toMatchObject({
    ...{ requestId, status: 500, path: "/api/test/fail", traceId: expect.any(String) },
    err: { type: "Error", message: "broken after the commit" },
  });
  expect(lines.join("\n")).toContain("broken after the commit");
});

it.each([
  ["error", ["request failed"]],
  ["silent", []],
])("LOG_LEVEL=%s", async (LOG_LEVEL, expected) => {
  await startInstance({ LOG_LEVEL });
  await fetch(`${APP_URL}/api/test/fail`, { method: "POST", body: "{}" });
  const response = await fetch(`${APP_URL}/api/test/fail`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ to: `${newId()}@test.example` }),
  });
  expect(response.status).toBe(500);
  const messages = () =>
    output
      .filter((line) => line.startsWith("{"))
      .map((line) => z.object({ msg: z.string() }).parse(JSON.parse(line)).msg);
  await waitUntil("the lines are there", () => messages().length >= expected.length);
  await app?.stop();
  expect(messages()).toEqual(expected);
});
