import { afterAll, beforeAll, expect, it } from "vitest";
import { publishWorkflows } from "@/lib/bot";
import { findBot } from "@/lib/bot/bots";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { changeRole } from "@/lib/ops";
import type { DefinitionInput } from "@/lib/schemas/workflow";
import { createTestBot, type TestBot } from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";

let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
});
afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
});

it("the bot of one who is an administrator no more is any artist's", async () => {
  expect((await findBot(bot.id))?.isAdministrators).toBe(true);
  const caller = await createPerson("admin");
  await changeRole(
    { ...caller, sessionId: newId(), authenticatedAt: new Date().toISOString() },
    bot.owner.userId,
    { role: "artist" },
  );
  expect((await findBot(bot.id))?.isAdministrators).toBe(false);
  const definition: DefinitionInput = {
    schema: 1,
    start: "link",
    nodes: { link: { kind: "linkAccount", next: "end" }, end: { kind: "end" } },
  };
  await expect(publishWorkflows(bot.id, [{ key: "x", command: null, definition }])).rejects.toThrow("x");
});
