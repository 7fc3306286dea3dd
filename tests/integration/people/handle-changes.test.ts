import { describe, expect, it } from "vitest";
import { PATCH as changeMe, DELETE as deleteMe } from "@/app/api/me/route";
import { GET as getPerson } from "@/app/api/people/[handle]/route";
import { GET as getPostRoute } from "@/app/api/posts/[id]/route";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { MAX_FORMER_HANDLES } from "@/lib/schemas/limits";
import { call } from "@/tests/support/clients/call";
import { createAccount, TEST_PASSWORD } from "@/tests/support/factories/accounts";
import { createPerson, createTestPost } from "@/tests/support/factories/people";

/** The address of a person's page changes, and the former ones lead to it. */

const newHandle = (name = "h") => `${name}-${newId().slice(-8)}`;
const shown = async (handle: string) => {
  const { status, body } = await call(getPerson, { params: { handle } });
  return status === 200 ? body.person.handle : status;
};
const handleOf = async (id: string) => (await db().user.findUniqueOrThrow({ where: { id } })).handle;

async function createNamed() {
  const person = await createPerson("artist");
  const before = await handleOf(person.userId);
  const change = (handle: string) => call(changeMe, { as: person, method: "PATCH", body: { handle } });
  return { person, before, change };
}

describe("a new handle", () => {
  it("is shown everywhere at once, and the former one leads to it", async () => {
    const { person, before, change } = await createNamed();
    const postId = await createTestPost(person);
    const author = async () =>
      (await call(getPostRoute, { params: { id: postId } })).body.post.authorHandle as string;
    expect([await author(), await shown(before)]).toEqual([before, before]);
    const next = newHandle();
    expect(await change(` ${next.toUpperCase()} `)).toMatchObject({
      status: 200,
      body: { user: { handle: next } },
    });
    expect([await author(), await shown(next), await shown(before.toUpperCase())]).toEqual([
      next,
      next,
      next,
    ]);
    const audit = { where: { actorId: person.userId, action: "handle_changed" } } as const;
    expect(await db().auditEntry.count(audit)).toBe(1);
    await change(next);
    expect(await db().auditEntry.count(audit)).toBe(1);
  });

  it("may be a former one of one's own, which then leads nowhere else", async () => {
    const { before, change } = await createNamed();
    const next = newHandle();
    await change(next);
    expect((await change(before)).status).toBe(200);
    expect([await shown(before), await shown(next)]).toEqual([before, before]);
  });

  it("is refused when another account has it or had it, until that one has had many others", async () => {
    const [first, second] = [await createNamed(), await createNamed()];
    const refused = {
      status: 409,
      body: { error: { code: "conflict", details: [{ path: "handle" }] } },
    };
    expect(await second.change(first.before)).toMatchObject(refused);
    for (let count = 0; count < MAX_FORMER_HANDLES; count += 1) await first.change(newHandle());
    expect(await second.change(first.before)).toMatchObject(refused);
    expect(await handleOf(second.person.userId)).toBe(second.before);
    await first.change(newHandle());
    expect((await second.change(first.before)).status).toBe(200);
    expect(await shown(first.before)).toBe(first.before);
    expect(await db().formerHandle.count({ where: { userId: first.person.userId } })).toBe(
      MAX_FORMER_HANDLES,
    );
  });

  it.each(["me", "ab", "x".repeat(31), "a--b", "-ab", "a b", "мир", "normaldance", "admin"])(
    "is not %j",
    async (handle) => {
      const { person, before, change } = await createNamed();
      const { status, body } = await change(handle);
      expect([status, body.error.details[0].path]).toEqual([400, "handle"]);
      expect(await handleOf(person.userId)).toBe(before);
    },
  );

  it("goes to one of several who want it at once", async () => {
    const people = [await createNamed(), await createNamed(), await createNamed()];
    const wanted = newHandle();
    const statuses = await Promise.all(people.map(async ({ change }) => (await change(wanted)).status));
    expect(statuses.sort()).toEqual([200, 409, 409]);
  });
});

it("a deleted account's former handles are free", async () => {
  const { id, token } = await createAccount();
  const before = await handleOf(id);
  const changed = await call(changeMe, { token, method: "PATCH", body: { handle: newHandle() } });
  expect(changed.status).toBe(200);
  const deleted = await call(deleteMe, { token, method: "DELETE", body: { password: TEST_PASSWORD } });
  expect(deleted.status).toBeLessThan(300);
  expect(await shown(before)).toBe(404);
  const { change } = await createNamed();
  expect((await change(before)).status).toBe(200);
});
