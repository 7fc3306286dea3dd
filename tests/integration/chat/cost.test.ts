import { afterAll, expect, it } from "vitest";
import { markReadUpTo, messageCache } from "@/lib/chat";
import { editMessage, setReaction } from "@/lib/chat/message-actions";
import { waitForDeferredWork } from "@/lib/core/defer";
import { disconnectDb } from "@/lib/db";
import { catchUp, createGroup, readMessages, sendTestMessage } from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** The cost of chat: HTTP calls and commands are counted at the gateway, SQL statements on the wire to Postgres. */

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
  const statementsBefore = meter.statements;
  await waitForDeferredWork();
  const { httpRequests, commands } = currentGateway().stats.snapshot();
  expect(meter.statements).toBe(statementsBefore);
  return { statements: meter.statements, httpCalls: httpRequests, commands };
}

it("chat operations have fixed costs", async () => {
  const [owner, member] = await createPeople(2);
  const chat = await createGroup([owner, member]);
  // Loads the Lua scripts: the first use of each costs one more call.
  await sendTestMessage(owner, chat, "First");
  await readMessages(member, chat);
  await waitForDeferredWork();
  await readMessages(member, chat);
  const { message } = await sendTestMessage(owner, chat, "Second");
  await messageCache.invalidateCache(chat);
  await readMessages(member, chat);
  await waitForDeferredWork();
  await waitForDeferredWork();

  const costs = {
    "a message": await cost(() => sendTestMessage(owner, chat, "Third")),
    "the newest page, cached": await cost(() => readMessages(member, chat)),
    "the newest page, not cached": await cost(async () => {
      await messageCache.invalidateCache(chat);
      await readMessages(member, chat);
    }),
    "catching up": await cost(() => catchUp(member, chat, 1)),
    "an older page": await cost(() => readMessages(member, chat, { before: 3 })),
    "an edit": await cost(() => editMessage(owner, chat, message.id, { text: "Edited" })),
    "a reaction": await cost(() => setReaction(member, chat, message.id, { emoji: "🔥", on: true })),
    "a repeat": await cost(async () => {
      const again = { clientId: message.clientId };
      await sendTestMessage(owner, chat, "Second", again);
    }),
    "a read marker": await cost(() => markReadUpTo(member, chat, { seq: 3 })),
    "a message with a mention": await cost(() => sendTestMessage(owner, chat, `@[M](${owner.userId})`)),
  };
  expect(costs).toMatchObject({
    // The cache and the event, both after the response.
    "a message": { statements: 1, httpCalls: 2 },
    // The list, and the messages it names.
    "the newest page, cached": { statements: 1, httpCalls: 2 },
    // The invalidation (two calls), the read, and the fill after the response.
    "the newest page, not cached": { statements: 1, httpCalls: 4 },
    "catching up": { statements: 1, httpCalls: 0 },
    "an older page": { statements: 1, httpCalls: 0 },
    // BEGIN, the chat, the member, the message, the change, COMMIT; a reaction is looked up and added. The old text is
    // removed from the log.
    "an edit": { statements: 6, httpCalls: 3 },
    "a reaction": { statements: 8, httpCalls: 2 },
    // BEGIN, the chat, the member, the mentioned members, the message, COMMIT.
    "a message with a mention": { statements: 6, httpCalls: 2 },
    // Published again.
    "a repeat": { statements: 2, httpCalls: 1 },
    // To the chat and to the user's other devices in one call.
    "a read marker": { statements: 1, httpCalls: 1 },
  });
});
