import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POST as importRoute } from "@/app/api/bots/[botId]/import/route";
import { PUT as draftRoute } from "@/app/api/bots/[botId]/workflows/[key]/draft/route";
import { POST as validateRoute } from "@/app/api/bots/[botId]/workflows/[key]/validate/route";
import { getWorkflow, listWorkflows } from "@/lib/bot";
import { db } from "@/lib/db";
import { MAX_DOCUMENT_BYTES } from "@/lib/schemas/bot-console";
import { call } from "@/tests/support/clients/call";
import { questionDefinition } from "@/tests/support/factories/artist-bots";
import { createTestBot, type TestBot } from "@/tests/support/factories/bots";

let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot(false);
});
afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
});

const both = (text: string) => ({ ru: text, en: text });
const definitionText = JSON.stringify(questionDefinition);
const document = (workflows: string) =>
  `{"document":{"format":"normaldance-bot","version":1,"workflows":[${workflows}]}}`;
const workflow = (definition: string, key = "hostile") =>
  `{"key":"${key}","command":null,"definition":${definition}}`;
const nodes = (json: object) =>
  JSON.stringify({ schema: 1, start: "a", nodes: { a: json, end: { kind: "end" } } });

const importText = (body: string) =>
  call(importRoute, {
    as: bot.owner,
    params: { botId: bot.id },
    body,
    headers: { "content-type": "application/json" },
  });

describe("an import", () => {
  it.each([
    ["a hundred thousand levels", document(workflow(`{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}`)), 400],
    ["a key of the prototype", document(workflow(definitionText, "__proto__")), 400],
    ["another format", document(workflow(definitionText)).replace("normaldance-bot", "other"), 400],
    ["a newer version", document(workflow(definitionText)).replace('"version":1', '"version":2'), 400],
    ["no workflow", document(""), 400],
    [
      "fifty-one workflows",
      document(Array.from({ length: 51 }, (_, n) => workflow("{}", `w${n}`)).join()),
      400,
    ],
    ["more than four megabytes", document(workflow(`{"a":"${"x".repeat(MAX_DOCUMENT_BYTES)}"}`)), 413],
    ["a definition of more than a megabyte", document(workflow(`{"a":"${"x".repeat(1_000_001)}"}`)), 400],
    ["NUL in a text", document(workflow(nodes({ kind: "message", text: both("a\0b"), next: "end" }))), 400],
    [
      "a node under the name of the prototype",
      document(workflow(`{"schema":1,"start":"__proto__","nodes":{"__proto__":{"kind":"end"}}}`)),
      400,
    ],
    [
      "bonuses out of nothing",
      document(
        workflow(
          nodes({
            ...{ kind: "creditBonuses", amountMinor: 1e6, note: both("Gift"), next: "end", unlinked: "end" },
          }),
        ),
      ),
      400,
    ],
    ["a loop without a wait", document(workflow(nodes({ kind: "jump", next: "a" }))), 400],
    [
      "a variable that chooses the host",
      document(
        workflow(
          nodes({ kind: "httpRequest", method: "GET", url: "https://{{name}}/", next: "end", failed: "end" }),
        ),
      ),
      400,
    ],
    ["what is no JSON", "{", 400],
  ])("with %s is refused, and nothing is written", async (_, body, status) => {
    const before = await listWorkflows(bot.owner, bot.id);
    const response = await importText(body);
    expect(response.status).toBe(status);
    expect(response.body.error.message).toEqual(expect.any(String));
    expect(await listWorkflows(bot.owner, bot.id)).toEqual(before);
  });
});

describe("a draft", () => {
  it("with anything in it is stored as it is, and only its check says what is wrong", async () => {
    const hostile = `{"schema":1,"start":"a","nodes":{"a":{"kind":"message","text":{"ru":"{{constructor}}","en":"<script>"},"constructor":{"x":1}}}}`;
    const params = { botId: bot.id, key: "start" };
    const body = `{"definition":${hostile},"command":"start","baseNumber":1,"revision":0}`;
    const headers = { "content-type": "application/json" };
    const saved = await call(draftRoute, { as: bot.owner, params, body, headers, method: "PUT" });
    expect(saved.status).toBe(200);
    const stored = await getWorkflow(bot.owner, bot.id, "start");
    expect(stored.draft?.definition).toEqual(JSON.parse(hostile));
    const checked = await call(validateRoute, { as: bot.owner, params, body: {} });
    expect(checked.status).toBe(200);
    expect(checked.body.problems.length).toBeGreaterThan(0);
    expect(checked.body.problems.every(({ nodeId }: { nodeId: string }) => nodeId === "a")).toBe(true);
  });

  it("of a stranger is not found", async () => {
    const stranger = (await createTestBot(false)).owner;
    const params = { botId: bot.id, key: "start" };
    const body = { definition: {}, command: null, baseNumber: 1, revision: 1 };
    const saved = await call(draftRoute, { as: stranger, params, body, method: "PUT" });
    expect(saved.status).toBe(404);
    await db().botProject.deleteMany({ where: { ownerId: stranger.userId } });
  });
});
