import { expect, it } from "vitest";
import { GET as getOrder } from "@/app/api/orders/[id]/route";
import { GET as listOrders } from "@/app/api/orders/route";
import { createChat } from "@/lib/chat";
import { blockPerson, mayWrite, unblockPerson } from "@/lib/contacts";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { changePreferences } from "@/lib/notifications";
import { call } from "@/tests/support/clients/call";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPerson, handleOf } from "@/tests/support/factories/people";

/** Where pages offer to write to a person. */

const createPair = async () => [await createPerson(), await createPerson("artist")] as const;

it("is offered to all but oneself, until one of the two blocks the other", async () => {
  const [buyer, seller] = await createPair();
  const both = async () => [
    await mayWrite(buyer.userId, seller.userId),
    await mayWrite(seller.userId, buyer.userId),
  ];
  expect(await mayWrite(buyer.userId, buyer.userId)).toBe(false);
  expect(await both()).toEqual([true, true]);
  await blockPerson(buyer, await handleOf(seller));
  expect(await both()).toEqual([false, false]);
  await unblockPerson(buyer, await handleOf(seller));
  expect(await both()).toEqual([true, true]);
});

it("is offered where the other's policy allows it, or there is a chat already", async () => {
  const [buyer, seller] = await createPair();
  await changePreferences(seller, { contactPolicy: "acquaintances" });
  expect(await mayWrite(buyer.userId, seller.userId)).toBe(false);
  await createTestOrder({ buyer, seller, amountMinor: 500 });
  expect(await mayWrite(buyer.userId, seller.userId)).toBe(true);
  await changePreferences(seller, { contactPolicy: "none" });
  expect(await mayWrite(buyer.userId, seller.userId)).toBe(false);
  await createChat(seller, { kind: "direct", userId: buyer.userId });
  expect(await mayWrite(buyer.userId, seller.userId)).toBe(true);
});

it("is not offered for an account whose deletion was requested", async () => {
  const [buyer, seller] = await createPair();
  await db().user.update({ where: { id: seller.userId }, data: { deletedAt: new Date() } });
  expect(await mayWrite(buyer.userId, seller.userId)).toBe(false);
});

it("orders name the other side with its page, and the buyer only to the seller", async () => {
  const [buyer, seller] = await createPair();
  const id = await createTestOrder({ buyer, seller, amountMinor: 500 });
  const theirs = { sellerId: seller.userId, sellerHandle: await handleOf(seller) };
  const bought = { ...theirs, buyerId: null, buyerName: null, buyerHandle: null };
  const sold = {
    ...theirs,
    buyerId: buyer.userId,
    buyerName: buyer.name,
    buyerHandle: await handleOf(buyer),
  };
  const read = async (as: Caller) => (await call(getOrder, { as, params: { id } })).body.order;
  expect(await read(buyer)).toMatchObject(bought);
  expect(await read(seller)).toMatchObject(sold);
  expect((await call(listOrders, { as: buyer })).body.items).toMatchObject([bought]);
  expect((await call(listOrders, { as: seller, query: "?as=seller" })).body.items).toMatchObject([sold]);
  await db().user.update({ where: { id: buyer.userId }, data: { deletedAt: new Date() } });
  expect(await read(seller)).toMatchObject({ buyerId: null, buyerName: null, buyerHandle: null });
});
