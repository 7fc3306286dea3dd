import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { POST as cancel } from "@/app/api/bots/[botId]/executions/[id]/cancel/route";
import { POST as createWorkflow } from "@/app/api/bots/[botId]/workflows/route";
import { POST as createChat } from "@/app/api/chats/route";
import { POST as admit } from "@/app/api/deliveries/admit/route";
import { POST as refund } from "@/app/api/orders/[id]/refund/route";
import { POST as createPost } from "@/app/api/posts/route";
import { POST as createProduct } from "@/app/api/products/route";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb } from "@/lib/db";
import { type ApiResponse, call } from "@/tests/support/clients/call";
import { uploadTestFile } from "@/tests/support/clients/media-requests";
import { makeExecution } from "@/tests/support/factories/artist-bots";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPeople } from "@/tests/support/factories/people";
import { accessTokenFor } from "@/tests/support/factories/sessions";
import { startCommitCutter } from "@/tests/support/proxies/commit-cutter";

// The app's commits can be cut off: they succeed, and the request gets a 503.
const cutter = await startCommitCutter(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = cutter.url;
afterAll(async () => {
  await disconnectDb();
  await cutter.close();
});

const [seller, buyer] = await createPeople(2, "artist");
const token = await accessTokenFor(seller);
const userId = seller.userId;

async function createTicketOrder(): Promise<string> {
  const id = await createTestOrder({ seller, buyer, amountMinor: 900, currency: "EUR" });
  await db().order.update({ where: { id }, data: { paymentIntentId: `pi_${id}` } });
  return id;
}
const orderId = await createTicketOrder();
const codes = [newId(), newId()].map((id) => id.replaceAll("-", "").toUpperCase());
await db().delivery.createMany({
  data: codes.map((code, index) => ({ id: newId(), orderId, kind: "ticket", unit: index + 1, code })),
});

const { botId, executionId } = await makeExecution({ artist: seller });

interface Write {
  name: string;
  /** @param variant  0 or 1: two different inputs */
  send(variant: number, headers: Record<string, string>): Promise<ApiResponse>;
  /** What the response says was made; a repeat says the same. */
  made(body: ApiResponse["body"]): unknown;
  count(): Promise<number>;
}

const writes: Write[] = [
  {
    name: "a post",
    send: (variant, headers) => call(createPost, { token, headers, body: { title: `Post ${variant}` } }),
    made: ({ post }) => post.id,
    count: () => db().post.count({ where: { authorId: userId } }),
  },
  {
    name: "a product",
    send: (variant, headers) => {
      const body = { kind: "ticket", title: `Night ${variant}`, priceMinor: 900, currency: "EUR" };
      return call(createProduct, { token, headers, body });
    },
    made: ({ product }) => product.id,
    count: () => db().product.count({ where: { sellerId: userId } }),
  },
  {
    name: "a group",
    send: (variant, headers) => {
      const body = { kind: "group", title: `Group ${variant}`, memberIds: [buyer.userId] };
      return call(createChat, { token, headers, body });
    },
    made: ({ chat }) => chat.id,
    count: () => db().chatMember.count({ where: { userId } }),
  },
  {
    name: "a file",
    send: (variant, headers) => uploadTestFile(seller, `Words ${variant}`, { headers }),
    made: ({ file }) => file,
    count: () => db().mediaFile.count({ where: { ownerId: userId } }),
  },
  {
    name: "an admission",
    send: (variant, headers) => call(admit, { token, headers, body: { code: codes[variant] } }),
    made: ({ ticket }) => ticket,
    count: () => db().delivery.count({ where: { orderId, usedAt: { not: null } } }),
  },
  {
    name: "a refund",
    send: (variant, headers) => {
      const body = { amountMinor: 100 + variant };
      return call(refund, { token, headers, params: { id: orderId }, body });
    },
    made: ({ task }) => task.id,
    count: () => db().task.count({ where: { ownerId: userId, queue: "payments" } }),
  },
  {
    name: "a bot's workflow",
    send: (variant, headers) =>
      call(createWorkflow, { token, headers, params: { botId }, body: { key: `flow-${variant}` } }),
    made: ({ workflow }) => workflow.id,
    count: () => db().botWorkflow.count({ where: { projectId: botId } }),
  },
  {
    name: "a cancelled execution",
    send: (variant, headers) => {
      const body = { reason: variant === 0 ? "stuck" : "other", stepNo: 1 };
      return call(cancel, { token, headers, params: { botId, id: executionId }, body });
    },
    made: ({ execution }) => [execution.id, execution.state],
    count: () => db().auditEntry.count({ where: { subject: `bot:${botId}`, action: "execution_cancelled" } }),
  },
];

beforeEach(waitForDeferredWork);

describe.each(writes)("$name", ({ send, made, count }) => {
  it("repeated with its key after a 503 is written once, although it had been committed", async () => {
    const headers = { "idempotency-key": newId() };
    const before = await count();
    cutter.arm(1);
    expect((await send(0, headers)).status).toBe(503);
    expect(await count()).toBe(before + 1);
    const second = await send(0, headers);
    const third = await send(0, headers);
    expect(second.status).toBeLessThan(300);
    expect(made(third.body)).toEqual(made(second.body));
    expect(await count()).toBe(before + 1);
    // The same key for something else is a mistake of the client.
    const other = await send(1, headers);
    expect([other.status, other.body.error.code]).toEqual([409, "conflict"]);
    expect(await count()).toBe(before + 1);
  });
});

it("a refund repeated after its money went back is still the same refund", async () => {
  const id = await createTicketOrder();
  const ask = async (key: string) =>
    (
      await call(refund, {
        token,
        headers: { "idempotency-key": key },
        params: { id },
        body: { amountMinor: 100 },
      })
    ).body.task.id;
  const key = newId();
  const first = await ask(key);
  await db().order.update({ where: { id }, data: { refundedMinor: 100 } });
  expect(await ask(key)).toBe(first);
  expect(await ask(newId())).not.toBe(first);
});

it("without a key every post is a new one", async () => {
  const send = () => call(createPost, { token, body: { title: "Twice" } });
  const ids = [await send(), await send()].map(({ body }) => body.post.id);
  expect(new Set(ids).size).toBe(2);
});
