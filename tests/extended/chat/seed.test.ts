import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, it } from "vitest";
import { listChats, listOpenChats } from "@/lib/chat";
import { waitForDeferredWork } from "@/lib/core/defer";
import { db, disconnectDb } from "@/lib/db";
import { chatPageQuerySchema } from "@/lib/schemas/chat";
import { chatViolations, readMessages } from "@/tests/support/factories/chat-tools";
import { startIsolatedBackends } from "@/tests/support/stack/isolated-backends";

const backends = await startIsolatedBackends();
afterAll(async () => {
  await waitForDeferredWork();
  await disconnectDb();
  await backends.stop();
});

it("the seed's chats are as lib/chat would have written them", async () => {
  const seed = spawn(process.execPath, ["--import", "tsx", "prisma/seed.ts"], {
    env: { ...process.env, DATABASE_URL: backends.databaseUrl, BLOB_READ_WRITE_TOKEN: "" },
    stdio: "inherit",
  });
  expect((await once(seed, "exit"))[0]).toBe(0);

  const { id: userId } = await db().user.findUniqueOrThrow({
    where: { email: "listener@normaldance.test" },
  });
  const page = chatPageQuerySchema.parse({});
  const { items, unreadCount } = await listChats({ userId }, page);
  expect(items.map(({ title, unreadCount: unread }) => [title, unread])).toEqual([
    ["Кухня NormalDance", 4],
    ["Tape heads & late trains", 2],
    [null, 1],
    [null, 0],
    [null, 0],
  ]);
  expect(unreadCount).toBe(7);
  expect((await listOpenChats({ userId }, page)).items).toHaveLength(2);
  for (const { id } of items) expect(await chatViolations(id)).toEqual([]);

  const [kitchen] = items;
  const { items: messages } = await readMessages({ userId }, kitchen?.id ?? "");
  expect(messages.filter(({ pinnedAt }) => pinnedAt !== null)).toHaveLength(2);
  expect(messages.filter(({ post }) => post !== null).map(({ post }) => post?.title)).toEqual([
    "Правила дома",
    "Полутон — «Снег на Невском» (демо)",
  ]);
  expect(messages.some(({ mentions }) => mentions.some((each) => each.userId === userId))).toBe(true);
  expect(Math.max(...messages.map(({ text }) => text.length))).toBeGreaterThan(1_000);
});
