import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { messageCache } from "@/lib/chat";
import { deleteMessage, editMessage, pinMessage } from "@/lib/chat/message-actions";
import type { Caller } from "@/lib/core/access-token";
import { waitForDeferredWork } from "@/lib/core/defer";
import { redis, resetRedisForTest } from "@/lib/redis";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  catchUp,
  chatViolations,
  createGroup,
  readMessages,
  sendTestMessage,
} from "@/tests/support/factories/chat-tools";
import { createPeople } from "@/tests/support/factories/people";
import { type FaultMode, startFaultProxy } from "@/tests/support/proxies/fault-proxy";
import { currentGateway } from "@/tests/support/stack/current-gateway";

/** Chat while Redis is down, recovers, and is flushed. */

const proxy = await startFaultProxy({ host: "127.0.0.1", port: currentGateway().port });
process.env.UPSTASH_REDIS_REST_URL = `http://127.0.0.1:${proxy.port}`;
process.env.REDIS_TIMEOUT_MS = "300";
process.env.REDIS_FIRST_CALL_TIMEOUT_MS = "600";

let owner: Caller;
let member: Caller;
let chat: string;

beforeEach(async () => {
  [owner, member] = await createPeople(2);
  chat = await createGroup([owner, member]);
});
afterEach(async () => {
  await proxy.set("pass");
  resetRedisForTest();
});
afterAll(() => proxy.close());

const texts = async () => (await readMessages(member, chat)).items.map(({ text }) => text);

describe.each<FaultMode>(["refuse", "hang", "swallow", "error", "limited", "page"])(
  "with Redis down (%s)",
  (mode) => {
    it("users write and read, and the cache is right when Redis is back", async () => {
      const { message } = await sendTestMessage(owner, chat, "Before");
      expect(await texts()).toEqual(["Before"]);
      await waitForDeferredWork();
      await proxy.set(mode);

      await sendTestMessage(member, chat, "Meanwhile");
      await editMessage(owner, chat, message.id, { text: "Before!" });
      const { message: gone } = await sendTestMessage(owner, chat, "Gone");
      await deleteMessage(owner, chat, gone.id);
      await pinMessage(member, chat, message.id, { pinned: true });
      expect(await texts()).toEqual(["Before!", "Meanwhile", ""]);
      expect(await messageCache.getPinnedMessages(chat)).toMatchObject([{ id: message.id }]);
      expect(await messageCache.getCachedMessage(message.id)).toBeNull();
      expect((await catchUp(member, chat, 1)).changed).toHaveLength(3);
      await messageCache.invalidateCache(chat);
      await expect(messageCache.getStats()).rejects.toThrow();
      await waitForDeferredWork();

      await proxy.set("pass");
      resetRedisForTest();
      // Redis has old entries, which must not be shown.
      for (let round = 0; round < 3; round += 1) {
        expect(await texts()).toEqual(["Before!", "Meanwhile", ""]);
        await waitForDeferredWork();
      }
      await sendTestMessage(owner, chat, "After");
      expect(await texts()).toEqual(["Before!", "Meanwhile", "", "After"]);
      expect(await chatViolations(chat)).toEqual([]);
    });
  },
);

it("the next reader fills a flushed Redis again", async () => {
  for (const text of ["One", "Two"]) await sendTestMessage(owner, chat, text);
  await texts();
  await waitForDeferredWork();
  await redis().flushdb();
  expect(await texts()).toEqual(["One", "Two"]);
  await waitUntil(
    "the cache is filled",
    async () => (await messageCache.getStats()).totalCachedMessages === 2,
  );
});
