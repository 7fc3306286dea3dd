import { afterAll, expect, it } from "vitest";
import { markReadUpTo, messageCache } from "@/lib/chat";
import { editMessage, setReaction } from "@/lib/chat/message-actions";
import { waitForDeferredWork } from "@/lib/core/defer";
import { disconnectDb } from "@/lib/db";
import { catchUp, createGroup, readMessages, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** What chat costs: HTTP calls and commands counted at the gateway, SQL statements on the wire to Postgres. */

const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = meter.url;
afterAll(async () => {
  await waitForDeferredWork();
  await disconnectDb();
  await meter.close();
});

async function cost(work: () => Promise<unknown>) {
  await waitForDeferredWork();
  currentGateway().stats.reset();
  meter.reset();
  await work();
  const answered = meter.statements;
  await waitForDeferredWork();
  const { httpRequests, commands } = currentGateway().stats.snapshot();
  expect(meter.statements).toBe(answered);
  return { statements: meter.statements, httpCalls: httpRequests, commands };
}

it("a message sent, and a page read", async () => {
  const [owner, member] = await createPeople(2);
  if (!owner || !member) throw new Error("somebody is missing");
  const chat = await createGroup([owner, member]);
  // Makes the server know the scripts: the first use of each costs one call more, once.
  await sendTestMessage(owner, chat, "First");
  await readMessages(member, chat);
  await waitForDeferredWork();
  await readMessages(member, chat);
  const { message } = await sendTestMessage(owner, chat, "Second");
  await messageCache.invalidateCache(chat);
  await readMessages(member, chat);
  await waitForDeferredWork();
  await waitForDeferredWork();

  const seen = {
    "a message": await cost(() => sendTestMessage(owner, chat, "Third")),
    "the newest page, known": await cost(() => readMessages(member, chat)),
    "the newest page, unknown": await cost(async () => {
      await messageCache.invalidateCache(chat);
      await readMessages(member, chat);
    }),
    "catching up": await cost(() => catchUp(member, chat, 1)),
    "an older page": await cost(() => readMessages(member, chat, { before: 3 })),
    "an edit": await cost(() => editMessage(owner, chat, message.id, { text: "Anew" })),
    "a reaction": await cost(() => setReaction(member, chat, message.id, { emoji: "🔥", on: true })),
    "a repeat": await cost(async () => {
      const again = { clientId: message.clientId };
      await sendTestMessage(owner, chat, "Second", again);
    }),
    "reading up to one": await cost(() => markReadUpTo(member, chat, { seq: 3 })),
    "a message that names somebody": await cost(() => sendTestMessage(owner, chat, `@[M](${owner.userId})`)),
  };
  expect(seen).toMatchObject({
    // The cache, and the event for whoever listens; both once the answer is out.
    "a message": { statements: 1, httpCalls: 2 },
    "the newest page, known": { statements: 1, httpCalls: 1 },
    // The invalidation, the look, and the fill once the answer is out.
    "the newest page, unknown": { statements: 1, httpCalls: 3 },
    "catching up": { statements: 1, httpCalls: 0 },
    "an older page": { statements: 1, httpCalls: 0 },
    // BEGIN, the chat, the member, the message, what is set, COMMIT; a reaction is looked for, and added. What was said
    // before is cleared from the log.
    "an edit": { statements: 6, httpCalls: 3 },
    "a reaction": { statements: 8, httpCalls: 2 },
    // BEGIN, the chat, the member, who of these is in it, the message, COMMIT.
    "a message that names somebody": { statements: 6, httpCalls: 2 },
    // Said once more.
    "a repeat": { statements: 2, httpCalls: 1 },
    // To the chat, and to the person's other devices: one call.
    "reading up to one": { statements: 1, httpCalls: 1 },
  });
});
