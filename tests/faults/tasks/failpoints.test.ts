import { afterAll, afterEach, beforeAll } from "vitest";
import { cacheManager } from "@/lib/cache";
import { waitForDeferredWork } from "@/lib/core/defer";
import type { Failpoint } from "@/lib/core/failpoint";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { createPost, getPost } from "@/lib/posts";
import { postTags } from "@/lib/posts/read-posts";
import { sweepTasks } from "@/lib/tasks";
import { getViewSyncState, recordViews, syncViews } from "@/lib/views";
import { deliverTask } from "@/tests/support/clients/signed-delivery";
import { waitUntil } from "@/tests/support/clients/wait-until";
import {
  catchUp,
  chatViolations,
  createGroup,
  readMessages,
  sendTestMessage,
} from "@/tests/support/factories/chat-tools";
import { createPeople, createPerson, createTestPost, persistedViews } from "@/tests/support/factories/people";
import {
  createPayment,
  createPaymentTables,
  drainTasks,
  handlePaymentTasks,
  makeTasksDue,
  type PaymentBehaviour,
  paymentTask,
  paymentViolations,
  QUEUE,
} from "@/tests/support/factories/test-payments";
import { serveApp } from "@/tests/support/processes/app-server";
import { startChild } from "@/tests/support/processes/children";
import type { RouteServer } from "@/tests/support/processes/route-server";
import { type FailpointScenario, testFailpoints } from "@/tests/support/processes/test-failpoints";
import { requireRealStack } from "@/tests/support/stack/require-real-stack";

requireRealStack();

const APP_PORT = Number(new URL(process.env.APP_URL ?? "").port);
let app: RouteServer | undefined;
let restoreHandler = () => {};

beforeAll(async () => {
  await createPaymentTables();
  restoreHandler = handlePaymentTasks();
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(() => restoreHandler());

async function openApp(): Promise<void> {
  app ??= await serveApp(APP_PORT);
}

function paymentScenario(behaviour: PaymentBehaviour): FailpointScenario {
  const id = newId();
  return {
    act: async () => {
      await openApp();
      await createPayment(behaviour, id);
      await waitForDeferredWork();
      await waitUntil("an attempt was made", async () => {
        const task = await paymentTask(id);
        if (!task || task.attempts > 0) return true;
        if (task.state === "pending") await makeTasksDue([id]).then(() => sweepTasks());
        return false;
      });
    },
    actConcurrently: async () => {
      await makeTasksDue([id]);
      const task = await paymentTask(id);
      await Promise.all([
        createPayment(behaviour, id),
        sweepTasks(),
        ...(task ? [deliverTask(QUEUE, task.id)] : []),
      ]);
    },
    crashAt: (failpoint) => startChild("task-process.ts", [id, behaviour], { FAILPOINT: failpoint }).ended,
    settle: async () => {
      await openApp();
      await waitForDeferredWork();
      await drainTasks([id]);
    },
    violations: () => paymentViolations([id]),
  };
}

async function viewScenario(): Promise<FailpointScenario> {
  const post = await createTestPost(await createPerson());
  const viewers = await createPeople(3);
  const leaseMs = 50;
  return {
    act: async () => {
      for (const { seq } of viewers) await recordViews(seq, [post]);
      await syncViews({ source: "script", leaseMs });
    },
    actConcurrently: () => syncViews({ source: "script", leaseMs }),
    crashAt: async (failpoint) => {
      for (const { seq } of viewers) await recordViews(seq, [post]);
      return startChild("sync-process.ts", [String(leaseMs)], { FAILPOINT: failpoint }).ended;
    },
    settle: () =>
      waitUntil("all views are synced", async () => {
        await syncViews({ source: "script", leaseMs });
        const { pendingViews, claimedBatches } = await getViewSyncState();
        return pendingViews === 0 && claimedBatches === 0;
      }),
    violations: async () => {
      const { views, rows } = await persistedViews(post);
      return views === 3 && rows === 3 ? [] : [`3 views are ${views}, in ${rows} rows`];
    },
  };
}

async function renameScenario(): Promise<FailpointScenario> {
  const author = await createPerson("artist");
  const { id } = await createPost(author, {
    title: "Before",
    text: "",
    tags: [],
    audioFileId: null,
    coverFileId: null,
  });
  const rename = () =>
    cacheManager.withInvalidation(postTags(id), (tx) =>
      tx.post.update({ where: { id }, data: { title: "After" }, select: { id: true } }),
    );
  return {
    act: async () => {
      await rename();
      await getPost(id);
    },
    actConcurrently: () => Promise.all([rename(), getPost(id)]),
    crashAt: async (failpoint) =>
      failpoint === "cache.committed"
        ? startChild("cache-writing-process.ts", [id, "After"], { FAILPOINT: failpoint }).ended
        : startChild("post-reading-process.ts", [id], { FAILPOINT: failpoint }).ended,
    settle: () =>
      waitUntil("the page shows the title in Postgres", async () => {
        const row = await db().post.findUniqueOrThrow({ where: { id } });
        return (await getPost(id))?.title === row.title;
      }),
    violations: async () => {
      const row = await db().post.findUniqueOrThrow({ where: { id } });
      const shownTitle = (await getPost(id))?.title;
      return shownTitle === row.title ? [] : [`${row.title} is shown as ${shownTitle}`];
    },
  };
}

async function chatScenario(): Promise<FailpointScenario> {
  const [author, reader] = await createPeople(2);
  const chat = await createGroup([author, reader]);
  await sendTestMessage(author, chat, "Before");
  await readMessages(reader, chat);
  await waitForDeferredWork();
  const clientId = newId();
  // A client without a response sends the same message again.
  const write = () => sendTestMessage(author, chat, "Once", { clientId });
  return {
    act: write,
    actConcurrently: () => Promise.all([write(), readMessages(reader, chat)]),
    crashAt: (failpoint) =>
      startChild("chat-process.ts", [author.userId, chat, clientId], { FAILPOINT: failpoint }).ended,
    settle: async () => {
      // The first attempt may not have updated the cache; another message follows.
      await sendTestMessage(reader, chat, "Meanwhile");
      await write();
      await waitForDeferredWork();
    },
    violations: async () => {
      const rows = await db().chatMessage.findMany({ where: { chatId: chat }, orderBy: { seq: "asc" } });
      const shown = [await readMessages(reader, chat), await readMessages(reader, chat)];
      const { changed } = await catchUp(reader, chat);
      const texts = (items: readonly { text: string }[]) => items.map(({ text }) => text).join();
      return [
        ...(await chatViolations(chat)),
        ...(rows.filter((row) => row.clientId === clientId).length === 1 ? [] : ["not written exactly once"]),
        ...[...shown.map(({ items }) => items), changed].flatMap((items) =>
          texts(items) === texts(rows) ? [] : [`shown as ${texts(items)}, not ${texts(rows)}`],
        ),
      ];
    },
  };
}

// A missing failpoint does not compile. Those of the shop, the sessions, deletions, files, sound, minting and tasks without
// QStash are in separate files.
testFailpoints<
  Exclude<
    Failpoint,
    | `shop.${string}`
    | `sessions.${string}`
    | `privacy.${string}`
    | `media.${string}`
    | `transcoding.${string}`
    | `nft.${string}`
    | `bot.${string}`
    | `ops.${string}`
    | "tasks.rejected"
  >
>({
  "cache.committed": renameScenario,
  "cache.loaded": renameScenario,
  "views.sync.claiming": viewScenario,
  "views.sync.claimed": viewScenario,
  "views.sync.persisted": viewScenario,
  "views.sync.finished": viewScenario,
  "tasks.enqueued": () => paymentScenario("works"),
  "tasks.committed": () => paymentScenario("works"),
  "tasks.published": () => paymentScenario("works"),
  "tasks.swept": () => paymentScenario("unpublished"),
  "tasks.claimed": () => paymentScenario("works"),
  "tasks.prepared": () => paymentScenario("works"),
  "tasks.completing": () => paymentScenario("works"),
  "tasks.completed": () => paymentScenario("works"),
  "tasks.failed": () => paymentScenario("refused"),
  "chat.committed": chatScenario,
});
