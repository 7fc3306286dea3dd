import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DefinitionError, publishWorkflows } from "@/lib/bot";
import { db } from "@/lib/db";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import {
  deliverUpdate,
  handleUntilTaken,
  pressUpdate,
  runBotTasks,
  textUpdate,
} from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  newSender,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";

let bot: TestBot;
/** Of administrators: it may call addresses that are numbers. */
let trusted: TestBot;
let origin: string;
const requested: string[] = [];
/** A label is too long: no resolver is asked, however slow this machine's is. */
const UNKNOWN_HOST = `${"x".repeat(64)}.invalid`;
/** What a workflow may call: it redirects to the address of a cloud's metadata, or answers without an end. */
const server = createServer((request, response) => {
  requested.push(request.url ?? "");
  if (request.url === "/redirect")
    return response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
  if (request.url === "/endless") {
    response.writeHead(200);
    return void response.write("x".repeat(100_000));
  }
  return response.end(JSON.stringify({ track: { title: "<b>{{balance}}</b>" } }));
});

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.BOT_HTTP_ORIGINS = `${origin} https://${UNKNOWN_HOST} https://localhost`;
  bot = await createTestBot(false);
  trusted = await createTestBot();
});
afterAll(async () => {
  delete process.env.BOT_HTTP_ORIGINS;
  server.closeAllConnections();
  server.close();
  await db().botProject.deleteMany({ where: { id: { in: [bot.id, trusted.id] } } });
});

const both = (text: string) => ({ ru: text, en: text });

/** A workflow that calls an address and shows what came of it. */
const calling = (url: string): DefinitionInput => ({
  schema: 1,
  start: "call",
  nodes: {
    call: {
      kind: "httpRequest",
      method: "GET",
      url,
      save: { title: "track.title" },
      next: "shown",
      failed: "failed",
    },
    shown: { kind: "message", text: both("Title: {{title}}"), next: "end" },
    failed: { kind: "message", text: both("No title"), next: "end" },
    end: { kind: "end" },
  },
});

async function answerOf(url: string, by = trusted): Promise<{ text: string; error: string | null }> {
  await publishWorkflows(by.id, [{ key: "calling", command: "calling", definition: calling(url) }]);
  const { sender } = await openTestPhone(by);
  await handleUntilTaken(by, textUpdate(sender, "/calling"));
  await runBotTasks(by);
  const { id: personId } = await findTestPerson(by, sender);
  const step = await db().botStep.findFirst({ where: { execution: { personId }, kind: "httpRequest" } });
  return { text: (await readMessages(personId)).at(-1)?.text ?? "", error: step?.error ?? null };
}

describe("a workflow that calls", () => {
  it("shows an answer's markup and templates as text", async () => {
    expect(await answerOf(`${origin}/title`)).toEqual({
      text: "Title: &lt;b&gt;{{balance}}&lt;/b&gt;",
      error: null,
    });
  });

  it("does not reach a listed address that is a number from an artist's bot", async () => {
    const before = requested.length;
    expect((await answerOf(`${origin}/title`, bot)).error).toContain("only bots of administrators");
    expect(requested).toHaveLength(before);
  });

  it.each([
    ["a redirect to the metadata service", () => `${origin}/redirect`, "redirects"],
    ["an endless answer", () => `${origin}/endless`, "larger"],
    ["an origin that is not listed", () => "https://example.com/", "allow-list"],
    ["the metadata service", () => "http://169.254.169.254/latest/meta-data/", "allow-list"],
    ["the metadata service in another notation", () => "http://2852039166/latest/meta-data/", "allow-list"],
    ["the metadata service as IPv6", () => "http://[::ffff:a9fe:a9fe]/latest/meta-data/", "allow-list"],
    ["another port of a listed host", () => origin.replace(/\d+$/, "1"), "allow-list"],
    ["a name that leads to this machine", () => "https://localhost/", "private"],
    ["a name without an address", () => `https://${UNKNOWN_HOST}/`, "no address"],
  ])("does not get through to %s", async (_, url, reason) => {
    const answer = await answerOf(url());
    expect(answer.text).toBe("No title");
    expect(answer.error).toContain(reason);
  });
});

describe("hostile definitions", () => {
  it.each([
    [
      "that credit bonuses in an artist's bot",
      { kind: "creditBonuses", amountMinor: 1, note: both("x"), next: "end", unlinked: "end" },
    ],
    ["that link accounts in an artist's bot", { kind: "linkAccount", next: "end" }],
    ["of a megabyte", { kind: "message", text: both("x".repeat(1_100_000)), next: "end" }],
    ["that loop without a wait", { kind: "jump", next: "a" }],
    ["with a node that is unknown", { kind: "exec", command: "id", next: "end" }],
  ])("%s are not published", async (_, node) => {
    const definition = { schema: 1, start: "a", nodes: { a: node, end: { kind: "end" } } } as DefinitionInput;
    const publish = publishWorkflows(bot.id, [{ key: "hostile", command: null, definition }]);
    await expect(publish).rejects.toBeInstanceOf(DefinitionError);
    expect(await db().botWorkflow.count({ where: { projectId: bot.id, key: "hostile" } })).toBe(0);
  });

  it("that call themselves for ever end, and the person reads that they failed", async () => {
    const definition: DefinitionInput = {
      schema: 1,
      start: "again",
      nodes: {
        again: { kind: "callWorkflow", workflow: "forever", next: "back" },
        back: { kind: "callWorkflow", workflow: "forever", next: "end" },
        end: { kind: "end" },
      },
    };
    await publishWorkflows(bot.id, [{ key: "forever", command: "forever", definition }]);
    const { sender } = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate(sender, "/forever"));
    const { id: personId } = await findTestPerson(bot, sender);
    const execution = await db().botExecution.findFirstOrThrow({ where: { personId } });
    expect(["failed", "done"]).toContain(execution.state);
    expect(execution.stepNo).toBeLessThanOrEqual(2_000);
  });
});

describe("the webhook", () => {
  it("refuses callers without the bot's secret, and writes nothing", async () => {
    const update = textUpdate(newSender(), "/start");
    for (const secret of [null, "", "wrong"])
      expect((await deliverUpdate(bot, update, secret)).status).toBe(401);
    expect(await db().botUpdate.count({ where: { projectId: bot.id, updateId: update.update_id } })).toBe(0);
  });

  it("refuses a body of a megabyte before it is read", async () => {
    const update = textUpdate(newSender(), "x".repeat(1_000_000));
    expect((await deliverUpdate(bot, update)).status).toBe(413);
    expect(await db().botUpdate.count({ where: { projectId: bot.id, updateId: update.update_id } })).toBe(0);
  });

  it("stores a name without what turns the text around it", async () => {
    const { sender } = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate({ ...sender, name: "\u202eTess\u2066\n<b>" }, "/start"));
    const { id: personId, name } = await findTestPerson(bot, sender);
    expect(name).toBe("Tess <b>");
    expect((await readMessages(personId)).at(-1)?.text).toContain("<b>Tess &lt;b&gt;</b>");
  });

  it("takes any update of Telegram without an error", async () => {
    const sender = newSender();
    const updates = [
      { update_id: 1 },
      { update_id: 2, message: null },
      { update_id: 3, message: { chat: { id: -1, type: "group" }, from: { id: 5 }, text: "/start" } },
      { update_id: 4, edited_message: { text: "/start" } },
      { update_id: 5, callback_query: { id: "1", from: { id: 5 }, data: 9 } },
      textUpdate(sender, "/start \u0000"),
      textUpdate({ ...sender, name: "a\u0000\ud800" }, "/start"),
      textUpdate(sender, `/${"x".repeat(5_000)}`),
      pressUpdate(sender, "r:AAAAAAAAAAAAAAAAAAAAAA:aaaaaaaa:99"),
      pressUpdate(sender, "s:link"),
      pressUpdate(sender, ""),
    ];
    for (const update of updates) await handleUntilTaken(bot, update);
    for (const body of ["{}", "[]", '{"update_id":-1}'])
      expect((await deliverUpdate(bot, JSON.parse(body) as object)).status).toBe(400);
  });

  it("does not let a person press another person's button", async () => {
    const [owner, thief] = [await openTestPhone(bot), await openTestPhone(bot)];
    const ask: DefinitionInput = {
      schema: 1,
      start: "ask",
      nodes: {
        ask: { kind: "message", text: both("Sure?"), buttons: [{ label: both("Yes"), next: "end" }] },
        end: { kind: "end" },
      },
    };
    await publishWorkflows(bot.id, [{ key: "ask", command: "ask", definition: ask }]);
    await handleUntilTaken(bot, textUpdate(owner.sender, "/ask"));
    const { id: personId } = await findTestPerson(bot, owner.sender);
    const data = (await readMessages(personId)).at(-1)?.buttons[0]?.data ?? "";
    await handleUntilTaken(bot, pressUpdate(thief.sender, data));
    expect(await db().botExecution.findFirst({ where: { personId } })).toMatchObject({ state: "waiting" });
  });
});
