import { afterAll, beforeAll, expect, it } from "vitest";
import { POST as confirm } from "@/app/api/bot/links/confirm/route";
import { resetPassword } from "@/lib/accounts";
import { findLinkOffer, unlink } from "@/lib/bot";
import { botPersonTag, cacheManager } from "@/lib/cache";
import { newId } from "@/lib/core/ids";
import { signId } from "@/lib/core/signed-id";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { handleUntilTaken, textUpdate } from "@/tests/support/factories/bot-updates";
import {
  createTestBot,
  findTestPerson,
  linkTestPerson,
  openTestPhone,
  readMessages,
  type TestBot,
} from "@/tests/support/factories/bots";
import { createPerson } from "@/tests/support/factories/people";
import { expirePasswordConfirmation, startTestSession } from "@/tests/support/factories/sessions";

let bot: TestBot;
beforeAll(async () => {
  bot = await createTestBot();
});
afterAll(async () => {
  await db().botProject.delete({ where: { id: bot.id } });
});

it("a link needs the password, names who asks, is mailed, and ends when the password is reset", async () => {
  const { sender } = await openTestPhone(bot);
  await handleUntilTaken(bot, textUpdate(sender, "/link"));
  const { id: personId } = await findTestPerson(bot, sender);
  const code = await sentCode(personId);
  expect(await findLinkOffer(code)).toMatchObject({ name: "Tess", botName: "Test bot" });

  const account = await createPerson();
  const { userId } = account;
  const { accessToken, session } = await startTestSession(account);
  await expirePasswordConfirmation(session.id);
  const refused = await call(confirm, { token: accessToken, body: { code } });
  expect(refused).toMatchObject({ status: 403, body: { error: { code: "fresh_sign_in_required" } } });
  const { accessToken: fresh } = await startTestSession(account);
  expect((await call(confirm, { token: fresh, body: { code } })).status).toBe(200);
  expect(await findLinkOffer(code)).toBeNull();
  expect(await findTestPerson(bot, sender)).toMatchObject({ userId });
  const mail = { path: ["props", "notice"], equals: "telegram_linked" };
  expect(await db().task.count({ where: { queue: "emails", ownerId: userId, payload: mail } })).toBe(1);

  const { email } = await db().user.findUniqueOrThrow({ where: { id: userId } });
  const link = { id: newId(), userId, email, expiresAt: new Date(Date.now() + 60_000) };
  await db().accountLink.create({ data: { ...link, kind: "reset_password" } });
  const token = signId("reset_password", link.id);
  await resetPassword({ token, password: "twelve tall lamps" });
  expect(await findTestPerson(bot, sender)).toMatchObject({ userId: null, linkedAt: null });
});

it("a person who is cached with an account that is theirs no more does not see it", async () => {
  const { sender } = await openTestPhone(bot);
  const account = await createPerson();
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  const { id } = await linkTestPerson(bot, sender, account);
  const cached = { id, name: sender.name, language: "en" as const, userId: account.userId };
  await unlink(account, id, {});
  // A run that committed before the link ended is the last to write.
  const tags = [botPersonTag(bot.id, String(sender.id))];
  await cacheManager.set("botProfiles", `${sender.id}:${bot.id}`, cached, { tags });
  await handleUntilTaken(bot, textUpdate(sender, "/start"));
  expect((await readMessages(id)).at(-1)?.text).toContain("This is the bot of NormalDance");
});

/** In the address of a button, or in the text. */
async function sentCode(personId: string): Promise<string> {
  const rows = await db().botMessage.findMany({ where: { personId } });
  return /telegram=([\w-]{22})/.exec(JSON.stringify(rows.map(({ payload }) => payload)))?.[1] ?? "";
}
