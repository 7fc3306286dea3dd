import { describe, expect, it } from "vitest";
import { POST as create } from "@/app/api/chats/route";
import { GET as preferences, PATCH as setPreferences } from "@/app/api/me/preferences/route";
import { GET as find } from "@/app/api/people/route";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { createGroup } from "@/tests/support/factories/chat-tools";
import { createTestOrder } from "@/tests/support/factories/orders";
import { createPerson } from "@/tests/support/factories/people";

const setPolicy = (as: Caller, contactPolicy: string) =>
  call(setPreferences, { as, method: "PATCH", body: { contactPolicy } });
const unconfirm = ({ userId }: Caller) =>
  db().user.update({ where: { id: userId }, data: { confirmedAt: null }, select: { id: true } });
const openDirect = async (as: Caller, whom: Caller) => {
  const { status, body } = await call(create, { as, body: { kind: "direct", userId: whom.userId } });
  return status < 300 ? "opened" : `${status} ${body.error.code}`;
};
const createPair = async () => [await createPerson(), await createPerson("artist")] as const;

describe("the contact policy", () => {
  it("is everyone until it is changed", async () => {
    const person = await createPerson();
    expect((await call(preferences, { as: person })).body.preferences.contactPolicy).toBe("everyone");
    expect((await setPolicy(person, "acquaintances")).body.preferences.contactPolicy).toBe("acquaintances");
    expect((await setPolicy(person, "friends")).status).toBe(400);
  });

  it("keeps strangers from writing first, and lets in those with a shared group or order", async () => {
    const [stranger, artist] = await createPair();
    await setPolicy(artist, "acquaintances");
    expect(await openDirect(stranger, artist)).toBe("403 cannot_write");
    await createTestOrder({ buyer: stranger, seller: artist, amountMinor: 500, currency: "EUR" });
    expect(await openDirect(stranger, artist)).toBe("opened");

    const fellow = await createPerson();
    await createGroup([fellow, artist]);
    expect(await openDirect(fellow, artist)).toBe("opened");
  });

  it("keeps all from writing first who have no chat yet; its owner still begins one", async () => {
    const [fellow, artist] = await createPair();
    const friend = await createPerson();
    expect(await openDirect(friend, artist)).toBe("opened");
    await createGroup([fellow, artist]);
    await setPolicy(artist, "none");
    expect(await openDirect(fellow, artist)).toBe("403 cannot_write");
    expect(await openDirect(friend, artist)).toBe("opened");
    expect(await openDirect(artist, fellow)).toBe("opened");
    expect(await openDirect(fellow, artist)).toBe("opened");
  });
});

describe("a user whose address is not confirmed", () => {
  it("does not write to strangers, nor add them to a group, until it is", async () => {
    const [newcomer, artist] = await createPair();
    await unconfirm(newcomer);
    const group = () =>
      call(create, { as: newcomer, body: { kind: "group", title: "G", memberIds: [artist.userId] } });
    expect(await openDirect(newcomer, artist)).toBe("403 address_not_confirmed");
    expect((await group()).body.error?.code).toBe("address_not_confirmed");
    expect((await call(create, { as: newcomer, body: { kind: "group", title: "Alone" } })).status).toBe(201);
    expect(await openDirect(artist, newcomer)).toBe("opened");
    expect(await openDirect(newcomer, artist)).toBe("opened");
    expect((await group()).status).toBe(201);
  });

  it("writes to members of a shared group", async () => {
    const [newcomer, artist] = await createPair();
    await createGroup([artist, newcomer]);
    await unconfirm(newcomer);
    expect(await openDirect(newcomer, artist)).toBe("opened");
  });

  it("is not offered in pickers of people", async () => {
    const [newcomer, artist] = await createPair();
    const query = `?q=${encodeURIComponent(newcomer.name)}`;
    const found = async () => {
      const { items } = (await call(find, { as: artist, query })).body;
      return items.some(({ id }: { id: string }) => id === newcomer.userId);
    };
    expect(await found()).toBe(true);
    await unconfirm(newcomer);
    expect(await found()).toBe(false);
  });
});
