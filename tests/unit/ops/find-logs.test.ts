import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findLogs } from "@/scripts/ops/logs";

const requestId = "0199a5f2-0000-7000-8000-000000000001";
const taskId = "0199a5f2-0000-7000-8000-000000000002";
const traceId = "0af7651916cd43dd8448eb211c80319c";

const line = (msg: string, fields: object, level = 30) =>
  JSON.stringify({ level, time: "2026-11-30T02:00:00.000Z", ...fields, msg });

const err = { type: "Error", message: "no stock", stack: "    at buy (shop.ts:1)" };
const LINES = [
  "   ▲ Next.js 16",
  line("request", { requestId: "0199a5f2-0000-7000-8000-000000000009", traceId: "another" }),
  line("request failed", { requestId, traceId, status: 500, err }, 50),
  // As a platform exports it.
  JSON.stringify({ deploymentId: "d", message: line("task done", { taskId, traceId, queue: "emails" }) }),
  line("page failed", { digest: "3141592653", path: "/shop", err: "an object" }, 50),
  '{"not":"ours"}',
];

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "normaldance-logs-"));
  file = path.join(folder, "log");
  writeFileSync(file, `${LINES.join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const messagesOf = async (id: string) =>
  ((await findLogs([id], file)).json as { msg: string }[]).map(({ msg }) => msg);

it("the id of a request finds its line, and those of its tasks by the trace", async () => {
  expect(await messagesOf(requestId)).toEqual(["request failed", "task done"]);
  expect(await messagesOf(taskId)).toEqual(["request failed", "task done"]);
  expect(await messagesOf(traceId)).toEqual(["request failed", "task done"]);
  const { lines } = await findLogs([requestId], file);
  expect(lines[0]).toContain("2026-11-30T02:00:00.000Z error request failed");
  expect(lines.slice(1, 3)).toEqual(["  Error: no stock", "    at buy (shop.ts:1)"]);
});

it("the number of an error page finds the page", async () => {
  expect(await messagesOf("3141592653")).toEqual(["page failed"]);
});

it("an id that no line has is exit code 1, and one that is too short or without a file a usage error", async () => {
  expect(await findLogs(["0199ffff"], file)).toMatchObject({ json: [], exitCode: 1 });
  await expect(findLogs(["1"], file)).rejects.toThrow("six");
  await expect(findLogs([requestId], undefined)).rejects.toThrow("--file");
  await expect(findLogs([], file)).rejects.toThrow("which id");
});
