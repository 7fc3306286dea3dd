import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import type { BestEffortQueue, GuaranteedQueue, HandledQueue, PayloadInput } from "@/lib/tasks/catalogue";
import { rowId } from "./million-rows";
import { newWallet } from "./minting";

type Inputs<Q extends HandledQueue> = { [N in Q]: () => Promise<PayloadInput<N>> };

/** A paid order of the million rows; those of other numbers have no tasks behind them. */
const paidOrder = async () => ({ orderId: rowId("order", 11) });
/** Its owner has a sound too: its bytes are in no store, so what follows the download is not reached. */
const fileId = rowId("file", 200_011);

/** A typical payload of each queue whose tasks are rows, on the million rows. */
export const taskPayloads: Inputs<GuaranteedQueue & HandledQueue> = {
  payments: async () => ({ action: "check", ...(await paidOrder()), round: 0 }),
  "deliver-goods": async () => {
    const order = await paidOrder();
    await db().delivery.deleteMany({ where: order });
    return order;
  },
  "supplier-notifications": async () => ({ ...(await paidOrder()), event: "sold" }),
  "referral-bonuses": paidOrder,
  leaderboards: paidOrder,
  notifications: async () => ({
    userId: rowId("user", 11),
    kind: "general",
    title: "Title",
    message: "Message",
  }),
  emails: async () => ({
    ...{ to: { userId: rowId("user", 11) }, locale: "en", template: "account-deleted" },
    props: { name: "Anna" },
  }),
  "alert-notices": async () => {
    const openedAt = new Date();
    const alertId = newId();
    await db().alert.create({
      data: { id: alertId, kind: "task_dead", subject: newId(), message: "broken", openedAt },
    });
    return {
      ...{ alertId, event: "opened", channel: "mail", openedAt: openedAt.toISOString() },
      ...{ resolvedAt: null, isLastOfHour: false },
    };
  },
  "file-processing": async () => ({ fileId, operation: "metadata" }),
  "audio-transcoding": async () => ({ fileId, formats: ["aac"] }),
  "nft-minting": async () => ({
    ...{ postId: rowId("post", 199_999), ownerAddress: newWallet().address, metadata: {} },
  }),
  "account-erasures": async () => {
    // The author of a post that none of the views are of, since the posts do not count those.
    const userId = rowId("user", 10_015);
    const { seq } = await db().user.update({ where: { id: userId }, data: { deletedAt: new Date() } });
    return { userId, seq, run: 1 };
  },
  "bot-tidying": async () => ({ day: new Date().toISOString().slice(0, 10), run: 1 }),
  "workflow-executions": async () => {
    const projectId = newId();
    const { id: sessionId } = await db().botPerson.create({
      data: {
        ...{ id: newId(), telegramId: 1n, name: "Anna", language: "en" },
        user: { connect: { id: rowId("user", 11) } },
        project: {
          create: {
            ...{
              id: projectId,
              ownerId: rowId("user", 11),
              name: "Bot",
              telegramId: 9_000_000n,
              username: "a_bot",
            },
            encryptedToken: "",
          },
        },
      },
    });
    return { do: "deliver", projectId, sessionId };
  },
};

/** The same for messages without a row. */
export const messagePayloads: Inputs<BestEffortQueue & HandledQueue> = {
  analytics: async () => ({
    events: Array.from({ length: 500 }, () => ({
      ...{ id: newId(), userId: rowId("user", 11), name: "page.opened", properties: {} },
      at: new Date().toISOString(),
    })),
  }),
  "views-sync": async () => ({}),
  probe: async () => ({ id: newId() }),
};
