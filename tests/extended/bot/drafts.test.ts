import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createWorkflow,
  deleteWorkflow,
  discardDraft,
  exportWorkflows,
  getVersion,
  getWorkflow,
  importWorkflows,
  listWorkflows,
  publishDraft,
  rollBack,
  saveDraft,
  validateWorkflow,
} from "@/lib/bot";
import { findBot } from "@/lib/bot/bots";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { changeRole } from "@/lib/ops";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import { apiOf } from "@/tests/support/clients/telegram";
import { handleUntilTaken, pressUpdate, textUpdate } from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
  testDefinition,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";

let bot: TestBot;
const as = (own: TestBot, idempotencyKey?: string) => ({ caller: own.owner, context: {}, idempotencyKey });
const both = (text: string) => ({ ru: text, en: text });

/** Waits at `ask` for a button. */
const poll = (version: string): DefinitionInput =>
  testDefinition({
    ask: {
      ...{ kind: "message", text: both(`Question ${version}`) },
      buttons: [{ label: both("Yes"), next: "thanks" }],
    },
    thanks: { kind: "message", text: both(`Thanks ${version}`), next: "end" },
    end: { kind: "end" },
  });

beforeAll(async () => {
  bot = await createTestBot(false);
});
afterAll(async () => {
  await waitForDeferredWork();
  await db().botProject.delete({ where: { id: bot.id } });
});

/** A new workflow with version 1 published. */
async function publishPoll(version = "1"): Promise<string> {
  const key = `poll-${newId().slice(-8)}`;
  const command = key.replace("-", "_");
  await createWorkflow(as(bot), bot.id, { key, command, definition: poll(version) });
  await publishDraft(as(bot), bot.id, { key, revision: 1, expectedNumber: null });
  return key;
}

describe("a draft", () => {
  it("is saved, published and gone, and the menu and new executions follow", async () => {
    const key = "newcomer";
    const created = await createWorkflow(as(bot), bot.id, { key, command: "newcomer" });
    expect(created).toMatchObject({ key, publishedNumber: null, command: null, draftRevision: 1 });
    expect(await validateWorkflow(bot.owner, bot.id, { key })).toEqual([]);
    const change = { key, definition: poll("1"), command: "newcomer", baseNumber: null, revision: 1 };
    const saved = await saveDraft(as(bot), bot.id, change);
    expect(saved).toMatchObject({ draftRevision: 2, draft: { command: "newcomer", baseNumber: null } });
    expect((await findBot(bot.id))?.workflows.find((each) => each.key === key)?.versionId).toBeNull();

    const published = await publishDraft(as(bot), bot.id, { key, revision: 2, expectedNumber: null });
    expect(published).toMatchObject({ publishedNumber: 1, command: "newcomer", draft: null });
    expect(published.definition?.start).toBe("ask");
    await waitForDeferredWork();
    const menu = await apiOf(process.env.TELEGRAM_API_ROOT ?? "", bot.token).getMyCommands();
    expect(menu.map(({ command }) => command)).toContain("newcomer");
    const { sender } = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate(sender, "/newcomer"));
    const { id } = await findTestPerson(bot, sender);
    expect((await readMessages(id)).map(({ text }) => text)).toEqual(["Question 1"]);
    const { waiting } = await getWorkflow(bot.owner, bot.id, key);
    expect(waiting).toEqual([{ nodeId: "ask", number: 1, count: 1 }]);
  });

  it("of another editor is not overwritten, also after it was published or discarded", async () => {
    const key = await publishPoll();
    const { draftRevision: revision } = await getWorkflow(bot.owner, bot.id, key);
    const change = { key, command: null, baseNumber: 1 };
    await saveDraft(as(bot), bot.id, { ...change, definition: poll("mine"), revision });
    const late = saveDraft(as(bot), bot.id, { ...change, definition: poll("late"), revision });
    await expect(late).rejects.toMatchObject({ code: "conflict", messageKey: "draft_changed" });
    const discarded = await discardDraft(as(bot), bot.id, { key, revision: revision + 1 });
    expect(discarded.draft).toBeNull();
    const older = saveDraft(as(bot), bot.id, { ...change, definition: poll("old"), revision: revision + 1 });
    await expect(older).rejects.toMatchObject({ messageKey: "draft_changed" });
  });

  it("that is saved again with the key of its request is saved once", async () => {
    const key = await publishPoll();
    const change = { key, definition: poll("2"), command: null, baseNumber: 1, revision: 2 };
    const idempotencyKey = newId();
    const first = await saveDraft(as(bot, idempotencyKey), bot.id, change);
    const again = await saveDraft(as(bot, idempotencyKey), bot.id, change);
    expect(again.draftRevision).toBe(first.draftRevision);
    const other = saveDraft(as(bot, idempotencyKey), bot.id, { ...change, command: "other" });
    await expect(other).rejects.toMatchObject({ messageKey: "idempotency_key_reused" });
  });

  it("with problems is not published, and they name their nodes", async () => {
    const key = "broken";
    const definition = {
      ...{ schema: 1, start: "ask" },
      nodes: { ask: { kind: "message", text: both("{{missing}}"), next: "nowhere" } },
    };
    await createWorkflow(as(bot), bot.id, { key, definition });
    const problems = await validateWorkflow(bot.owner, bot.id, { key });
    expect(problems.map(({ code, nodeId }) => [code, nodeId])).toEqual([
      ["unknown_target", "ask"],
      ["unknown_variable", "ask"],
      ["unknown_variable", "ask"],
    ]);
    const refused = publishDraft(as(bot), bot.id, { key, revision: 1, expectedNumber: null });
    await expect(refused).rejects.toMatchObject({
      ...{ code: "bad_request", messageKey: "definition_problems" },
      details: expect.arrayContaining([{ path: "nodes.ask.next", message: "unknown_target: nowhere" }]),
    });
    expect(await getWorkflow(bot.owner, bot.id, key)).toMatchObject({ publishedNumber: null, versions: [] });
    await deleteWorkflow(as(bot), bot.id, key);
    expect((await listWorkflows(bot.owner, bot.id)).map((each) => each.key)).not.toContain(key);
  });

  it("of an artist has no nodes of administrators, nor has that of one who is an administrator no more", async () => {
    const definition = testDefinition({
      link: { kind: "linkAccount", next: "end" },
      end: { kind: "end" },
    });
    const key = "grab";
    await createWorkflow(as(bot), bot.id, { key, definition });
    const publication = { key, revision: 1, expectedNumber: null };
    const problem = { path: "nodes.link.kind", message: "administrators_only: linkAccount" };
    await expect(publishDraft(as(bot), bot.id, publication)).rejects.toMatchObject({ details: [problem] });
    // An administrator who edits the artist's bot changes nothing of it.
    const admin = { caller: await createPerson("admin"), context: {} };
    await expect(publishDraft(admin, bot.id, publication)).rejects.toMatchObject({ details: [problem] });

    const former = await createTestBot();
    await createWorkflow(as(former), former.id, { key, definition });
    await publishDraft(as(former), former.id, publication);
    const session = { sessionId: newId(), authenticatedAt: new Date().toISOString() };
    await changeRole({ ...admin.caller, ...session }, former.owner.userId, { role: "artist" });
    const owner = { ...former.owner, role: "artist" as const };
    const again = rollBack({ caller: owner, context: {} }, former.id, { key, number: 1, expectedNumber: 1 });
    await expect(again).rejects.toMatchObject({ details: [problem] });
    await db().botProject.delete({ where: { id: former.id } });
  });

  it("with the command of another workflow is not published", async () => {
    await createWorkflow(as(bot), bot.id, { key: "thief", command: "start", definition: poll("1") });
    const stolen = publishDraft(as(bot), bot.id, { key: "thief", revision: 1, expectedNumber: null });
    await expect(stolen).rejects.toMatchObject({ code: "conflict", messageKey: "command_taken" });
  });
});

describe("versions", () => {
  it("people who wait stay on theirs when another one is published, and a rollback is a new version", async () => {
    const key = await publishPoll("1");
    const command = `/${key.replace("-", "_")}`;
    const { sender } = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate(sender, command));
    const person = await findTestPerson(bot, sender);
    const data = (await readMessages(person.id)).at(-1)?.buttons[0]?.data ?? "";

    const change = { key, definition: poll("2"), command: command.slice(1), baseNumber: 1, revision: 2 };
    await saveDraft(as(bot), bot.id, change);
    const stale = publishDraft(as(bot), bot.id, { key, revision: 3, expectedNumber: null });
    await expect(stale).rejects.toMatchObject({ code: "conflict", messageKey: "published_changed" });
    await publishDraft(as(bot), bot.id, { key, revision: 3, expectedNumber: 1 });
    const other = await openTestPhone(bot);
    await handleUntilTaken(bot, textUpdate(other.sender, command));
    expect((await getWorkflow(bot.owner, bot.id, key)).waiting).toEqual([
      { nodeId: "ask", number: 2, count: 1 },
      { nodeId: "ask", number: 1, count: 1 },
    ]);
    await handleUntilTaken(bot, pressUpdate(sender, data));
    expect((await readMessages(person.id)).map(({ text }) => text)).toEqual(["Question 1", "Thanks 1"]);

    const late = rollBack(as(bot), bot.id, { key, number: 1, expectedNumber: 1 });
    await expect(late).rejects.toMatchObject({ messageKey: "published_changed" });
    const back = await rollBack(as(bot), bot.id, { key, number: 1, expectedNumber: 2 });
    expect(back).toMatchObject({ publishedNumber: 3, command: command.slice(1) });
    expect(back.versions.map(({ number, sourceNumber }) => [number, sourceNumber])).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ]);
    await handleUntilTaken(bot, textUpdate(sender, command));
    expect((await readMessages(person.id)).at(-1)?.text).toBe("Question 1");
    const { definition } = await getVersion(bot.owner, bot.id, { key, number: 2 });
    expect(definition.nodes.ask).toMatchObject({ text: both("Question 2") });
  });

  it("a workflow that was published is not deleted", async () => {
    const key = await publishPoll();
    await expect(deleteWorkflow(as(bot), bot.id, key)).rejects.toMatchObject({
      messageKey: "workflow_published",
    });
  });
});

describe("documents", () => {
  it("what is exported is imported into drafts of another bot, and published there", async () => {
    const key = await publishPoll("exported");
    const document = await exportWorkflows(bot.owner, bot.id, { workflow: key });
    expect(document).toMatchObject({ format: "normaldance-bot", version: 1, workflows: [{ key }] });
    const all = await exportWorkflows(bot.owner, bot.id, {});
    expect(all.workflows.map((each) => each.key)).toEqual(expect.arrayContaining(["start", "spend", key]));

    const other = await createTestBot(false);
    const items = await importWorkflows(as(other), other.id, { document: all, replacesDrafts: false });
    expect(items.find((each) => each.key === key)).toMatchObject({ publishedNumber: null });
    expect(items.find((each) => each.key === "start")).toMatchObject({ publishedNumber: 1 });
    const again = importWorkflows(as(other), other.id, { document, replacesDrafts: false });
    await expect(again).rejects.toMatchObject({ code: "conflict", messageKey: "draft_exists" });
    await importWorkflows(as(other), other.id, { document, replacesDrafts: true });
    const published = await publishDraft(as(other), other.id, { key, revision: 2, expectedNumber: null });
    expect(published.definition?.nodes.ask).toMatchObject({ text: both("Question exported") });
    await waitForDeferredWork();
    await db().botProject.delete({ where: { id: other.id } });
  });

  it("one definition with problems keeps all of them out", async () => {
    const good = { key: "good", command: null, definition: poll("1") };
    const definition = testDefinition({
      gift: {
        ...{
          kind: "creditBonuses",
          amountMinor: 1_000_000,
          note: both("Gift"),
          next: "end",
          unlinked: "end",
        },
      },
      end: { kind: "end" },
    });
    const document = {
      ...({ format: "normaldance-bot", version: 1 } as const),
      workflows: [good, { key: "gift", command: "gift", definition }],
    };
    await expect(importWorkflows(as(bot), bot.id, { document, replacesDrafts: true })).rejects.toMatchObject({
      ...{ code: "bad_request", messageKey: "import_problems" },
      details: [
        {
          path: "document.workflows.1.definition.nodes.gift.kind",
          message: "administrators_only: creditBonuses",
        },
      ],
    });
    const twice = { ...document, workflows: [good, good] };
    await expect(
      importWorkflows(as(bot), bot.id, { document: twice, replacesDrafts: true }),
    ).rejects.toMatchObject({ messageKey: "document_key_twice", field: "document.workflows.1.key" });
    const keys = (await listWorkflows(bot.owner, bot.id)).map((each) => each.key);
    expect(keys).not.toContain("good");
  });

  it("a bot does not grow beyond fifty workflows", async () => {
    const workflows = Array.from({ length: 50 }, (_, index) => ({
      ...{ key: `many${index}`, command: null, definition: poll("1") },
    }));
    const document = { format: "normaldance-bot", version: 1, workflows } as const;
    await expect(
      importWorkflows(as(bot), bot.id, { document: { ...document, workflows }, replacesDrafts: true }),
    ).rejects.toMatchObject({ messageKey: "too_many_workflows" });
  });
});
