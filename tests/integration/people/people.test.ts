import { afterAll, expect, it } from "vitest";
import { POST as signUp } from "@/app/api/auth/sign-up/route";
import { POST as becomeArtist } from "@/app/api/me/artist/route";
import { PATCH as changeMe, DELETE as deleteMe, GET as me } from "@/app/api/me/route";
import { GET as getPerson } from "@/app/api/people/[handle]/route";
import { GET as listPosts, POST as publish } from "@/app/api/posts/route";
import { waitForDeferredWork } from "@/lib/core/defer";
import { newId } from "@/lib/core/ids";
import { db, disconnectDb, Prisma } from "@/lib/db";
import { keys, redis } from "@/lib/redis";
import { call } from "@/tests/support/clients/call";
import { createAccount, createTestUser, TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { createTestPost } from "@/tests/support/factories/people";
import { makeProduct } from "@/tests/support/factories/test-users";
import { startStatementMeter } from "@/tests/support/proxies/statement-meter";

const meter = await startStatementMeter(process.env.DATABASE_URL ?? "");
process.env.DATABASE_URL = meter.url;
afterAll(async () => {
  await disconnectDb();
  await meter.close();
});

const read = (handle: string) => call(getPerson, { params: { handle } });
/** A name's own part of a handle: names of other tests must not take it. */
const unique = () => newId().slice(-8);

async function join(name: string) {
  const body = { email: `p-${newId()}@test.example`, name, password: TEST_PASSWORD };
  const response = await call(signUp, { body });
  expect(response.status).toBe(201);
  return response.body.user as { id: string; handle: string };
}

const handleOfName = async (name: string) => {
  const rows = await db().$queryRaw<[{ handle: string }]>`SELECT handle_of_name(${name}) AS handle`;
  return rows[0].handle;
};

it.each([
  ["Анна Щёкина", "anna-shchekina"],
  ["Юлия Объездчикова", "yuliya-obezdchikova"],
  ["Zoë & the Ærials", "zoe-the-aerials"],
  ["  DJ  №5 ", "dj-no5"],
  ["Ґанна Їжак", "ganna-izhak"],
  ["夜 🎧", "user"],
  ["anna@example.com", "user"],
  ["x".repeat(60), "x".repeat(30)],
  [`${"long ".repeat(6)}name`, "long-long-long-long-long-long"],
])("makes of the name %j the handle %s", async (name, handle) => {
  expect(await handleOfName(name)).toBe(handle);
});

it("gives a name's second account another handle, also when both are made at once", async () => {
  const name = `Мира ${unique()}`;
  const handles = (await Promise.all([join(name), join(name), join(name)])).map(({ handle }) => handle);
  expect(new Set(handles).size).toBe(3);
  const base = name.replace("Мира ", "mira-");
  expect(handles).toContain(base);
  for (const handle of handles) expect(handle).toMatch(new RegExp(`^${base}(-\\d{4,})?$`));
});

it("refuses reserved words and what is no handle, whoever writes them", async () => {
  expect((await join("Admin")).handle).toMatch(/^admin-\d{4,}$/);
  expect((await join("Я")).handle).toMatch(/^ya-\d{4,}$/);
  const { userId } = await createTestUser();
  for (const handle of ["admin", "Anna", "a b", "-a-", "ab", "a/b", ""])
    await expect(db().user.update({ where: { id: userId }, data: { handle } })).rejects.toThrow(
      Prisma.PrismaClientKnownRequestError,
    );
});

it("shows a person with their posts and products, whatever the handle's case is", async () => {
  const artist = await createTestUser("artist", { name: `Вера ${unique()}` });
  const stranger = await createTestUser("artist");
  const [older, newer] = [await createTestPost(artist), await createTestPost(artist)];
  await createTestPost(stranger);
  const productId = await makeProduct({ artist, listener: artist, other: artist, admin: artist });
  const { handle, createdAt } = await db().user.findUniqueOrThrow({ where: { id: artist.userId } });
  const response = await read(handle.toUpperCase());
  expect(response).toMatchObject({
    status: 200,
    body: { posts: { items: [{ id: newer }, { id: older }], nextCursor: null } },
  });
  expect(response.body.person).toEqual({
    ...{ id: artist.userId, handle, name: artist.name, role: "artist", createdAt: createdAt.toISOString() },
    ...{ bio: "", links: [], picture: null },
  });
  expect(response.body.products.items).toMatchObject([{ id: productId, sellerHandle: handle }]);
  const page = await call(listPosts, { query: `?authorId=${artist.userId}&cursor=${newer}` });
  expect(page.body.items).toMatchObject([{ id: older, authorHandle: handle }]);
});

it("reads a person's page from the cache", async () => {
  const artist = await createTestUser("artist");
  await createTestPost(artist);
  const { handle } = await db().user.findUniqueOrThrow({ where: { id: artist.userId } });
  // So that the check of the invalidations, which comes every ten seconds, is part of the first read.
  await redis().del(keys.cacheTrustLease);
  meter.reset();
  await read(handle);
  await waitForDeferredWork();
  // The person, the posts, the products, and the check.
  expect(meter.statements).toBeLessThanOrEqual(4);
  meter.reset();
  await read(handle);
  await waitForDeferredWork();
  expect(meter.statements).toBe(0);
});

it("shows a new name, a new role and a new post at once", async () => {
  const account = await createAccount();
  const { handle } = (await call(me, { token: account.token })).body.user;
  expect((await read(handle)).body).toMatchObject({ person: { role: "listener" }, posts: { items: [] } });
  await call(changeMe, { token: account.token, method: "PATCH", body: { name: "Another" } });
  expect((await read(handle)).body.person).toMatchObject({ name: "Another", handle });
  await call(becomeArtist, { token: account.token, method: "POST" });
  expect((await read(handle)).body.person.role).toBe("artist");
  const { body } = await call(publish, { token: account.token, method: "POST", body: { title: "New" } });
  expect((await read(handle)).body.posts.items).toMatchObject([{ id: body.post.id }]);
});

it("is 404 for an unknown handle, and for an account whose deletion was requested, whose handle is free", async () => {
  expect((await read(`none-${unique()}`)).status).toBe(404);
  const account = await createAccount({ name: `Ира ${unique()}` });
  const { handle } = (await call(me, { token: account.token })).body.user;
  await db().user.update({ where: { id: account.id }, data: { handle: `ira-${account.name.slice(-8)}` } });
  const own = `ira-${account.name.slice(-8)}`;
  expect((await read(own)).status).toBe(200);
  expect((await read(handle)).status).toBe(404);
  const deletion = { token: account.token, method: "DELETE", body: { password: TEST_PASSWORD } };
  expect((await call(deleteMe, deletion)).status).toBe(200);
  expect((await read(own)).status).toBe(404);
  const posts = await call(listPosts, { query: `?authorId=${account.id}` });
  expect(posts.body.items).toEqual([]);
  expect((await join(account.name)).handle).toBe(own);
});

it.each(["%", "a b", "../me", "ü", `deleted:${newId()}`, "x".repeat(44)])(
  "refuses the handle %j",
  async (handle) => {
    expect((await read(handle)).status).toBe(400);
  },
);
