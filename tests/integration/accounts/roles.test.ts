import { describe, expect, it } from "vitest";
import { POST as closeAlert } from "@/app/api/admin/alerts/[id]/close/route";
import { GET as audit } from "@/app/api/admin/audit/route";
import { POST as setRole } from "@/app/api/admin/people/[id]/role/route";
import { GET as people } from "@/app/api/admin/people/route";
import { GET as me } from "@/app/api/me/route";
import { DELETE as archiveProduct } from "@/app/api/products/[id]/route";
import { POST as replay } from "@/app/api/tasks/[id]/replay/route";
import { DELETE as cancel } from "@/app/api/tasks/[id]/route";
import { getDailyTotals, getEventReport } from "@/lib/analytics";
import { type AuditEntryView, listAudit, recordAudit } from "@/lib/audit";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import type { SignedInCaller } from "@/lib/core/permission";
import { db, transaction } from "@/lib/db";
import {
  changeRole,
  closeAlert as closeAlertInLib,
  listOpenAlerts,
  listPeople,
  type PersonView,
} from "@/lib/ops";
import { cancelTask, getTaskOverview, raiseAlert, replayTask } from "@/lib/tasks";
import { call } from "@/tests/support/clients/call";
import { auditActions } from "@/tests/support/factories/accounts";
import { createPeople, createPerson } from "@/tests/support/factories/people";
import { expirePasswordConfirmation, startTestSession } from "@/tests/support/factories/sessions";
import { createTestProduct } from "@/tests/support/factories/shop";

const roleOf = async ({ userId }: Caller) =>
  (await db().user.findUniqueOrThrow({ where: { id: userId } })).role;
const setRoleOf = (admin: Caller, { userId }: Caller, role: string, body: object = {}) =>
  call(setRole, { as: admin, params: { id: userId }, body: { role, reason: "they asked", ...body } });

/** A caller as the session service passes it to lib. */
const fresh = (caller: Caller): SignedInCaller => ({
  ...caller,
  sessionId: newId(),
  authenticatedAt: new Date().toISOString(),
});
const stale = (caller: Caller): SignedInCaller => ({
  ...fresh(caller),
  authenticatedAt: new Date(Date.now() - 3_600_000).toISOString(),
});

async function staleToken(caller: Caller): Promise<string> {
  const { accessToken } = await startTestSession(caller);
  const { id } = await db().session.findFirstOrThrow({
    where: { userId: caller.userId },
    orderBy: { id: "desc" },
  });
  await expirePasswordConfirmation(id);
  return accessToken;
}

async function deadTask(ownerId: string | null = null, state: "dead" | "pending" = "dead") {
  const id = newId();
  const later = new Date(Date.now() + 86_400_000);
  await db().task.create({
    data: {
      ...{ id, queue: "emails", key: id, version: 1, payload: {}, state, ownerId },
      ...{ dueAt: later, deadlineAt: later, notBefore: later },
    },
  });
  return id;
}

describe("POST /api/admin/people/{id}/role", () => {
  it("sets a role immediately, revokes the user's sessions, and writes an audit entry", async () => {
    const [admin, person] = [await createPerson("admin"), await createPerson()];
    const { accessToken } = await startTestSession(person);
    const response = await setRoleOf(admin, person, "artist");
    expect(response).toMatchObject({
      status: 200,
      body: { person: { id: person.userId, role: "artist" } },
    });
    expect((await call(me, { token: accessToken })).status).toBe(401);
    const { accessToken: next } = await startTestSession(person);
    expect((await call(me, { token: next })).body.user.role).toBe("artist");
    const [entry] = await db().auditEntry.findMany({
      where: { action: "role_changed", subject: `user:${person.userId}` },
    });
    expect(entry).toMatchObject({
      actorId: admin.userId,
      data: { from: "listener", to: "artist", reason: "they asked" },
    });
  });

  it("a former administrator loses access with the response", async () => {
    const [admin, other] = await createPeople(2, "admin");
    const { accessToken } = await startTestSession(other);
    expect((await call(people, { token: accessToken })).status).toBe(200);
    await setRoleOf(admin, other, "listener");
    expect((await call(people, { token: accessToken })).status).toBe(401);
    expect((await call(people, { token: (await startTestSession(other)).accessToken })).status).toBe(403);
  });

  it("of two administrators who demote each other concurrently one remains", async () => {
    const [one, two] = await createPeople(2, "admin");
    const responses = await Promise.all([setRoleOf(one, two, "listener"), setRoleOf(two, one, "listener")]);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect([await roleOf(one), await roleOf(two)].sort()).toEqual(["admin", "listener"]);
  });

  it("rejects the caller's own role, an unknown user, an unknown role and a missing reason", async () => {
    const [admin, person] = [await createPerson("admin"), await createPerson()];
    expect((await setRoleOf(admin, admin, "listener")).status).toBe(409);
    expect((await setRoleOf(admin, { ...person, userId: newId() }, "artist")).status).toBe(404);
    expect((await setRoleOf(admin, person, "owner")).status).toBe(400);
    expect((await setRoleOf(admin, person, "artist", { reason: " " })).status).toBe(400);
    expect([await roleOf(admin), await roleOf(person)]).toEqual(["admin", "listener"]);
  });

  it("requires a recent password confirmation", async () => {
    const [admin, person] = [await createPerson("admin"), await createPerson()];
    const token = await staleToken(admin);
    const response = await call(setRole, {
      token,
      params: { id: person.userId },
      body: { role: "artist", reason: "they asked" },
    });
    expect(response).toMatchObject({ status: 403, body: { error: { code: "fresh_sign_in_required" } } });
    expect(await roleOf(person)).toBe("listener");
  });

  it("setting the same role again revokes nothing and writes no audit entry", async () => {
    const [admin, person] = [await createPerson("admin"), await createPerson("artist")];
    const { accessToken } = await startTestSession(person);
    expect((await setRoleOf(admin, person, "artist")).status).toBe(200);
    expect((await call(me, { token: accessToken })).status).toBe(200);
    expect(await auditActions(person.userId)).not.toContain("role_changed");
  });
});

describe("lib checks permissions itself", () => {
  it("a caller who falsely claims the admin role changes nothing", async () => {
    const [person, victim] = [await createPerson("artist"), await createPerson()];
    const lying = fresh({ ...person, role: "admin" });
    await expect(changeRole(lying, victim.userId, { role: "artist" })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await roleOf(victim)).toBe("listener");
  });

  it("listeners and artists are rejected, and administrators without a recent password confirmation", async () => {
    const [admin, victim] = [await createPerson("admin"), await createPerson()];
    const task = await deadTask();
    await transaction((tx) => raiseAlert(tx, { kind: "task_dead", subject: task, message: "x" }));
    const alert = await db().alert.findFirstOrThrow({ where: { subject: task } });
    const acts = [
      (by: SignedInCaller) => changeRole(by, victim.userId, { role: "artist" }),
      (by: SignedInCaller) => closeAlertInLib(alert.id, by),
      (by: SignedInCaller) => replayTask(task, by),
    ];
    for (const act of acts) {
      for (const role of ["listener", "artist"] as const) {
        await expect(act(fresh(await createPerson(role)))).rejects.toMatchObject({ code: "forbidden" });
      }
      await expect(act(stale(admin))).rejects.toMatchObject({ code: "fresh_sign_in_required" });
    }
    const waiting = await deadTask(victim.userId, "pending");
    await expect(cancelTask(waiting, stale(admin))).rejects.toMatchObject({ code: "fresh_sign_in_required" });
    const day = { from: "1801-01-01", to: "1801-01-01" };
    const reads = [
      ...[listPeople, listAudit, listOpenAlerts, getTaskOverview],
      (by: Pick<Caller, "role">) => getDailyTotals(by, day),
      (by: Pick<Caller, "role">) => getEventReport(by, 1),
    ];
    for (const read of reads)
      await expect(read({ role: "artist" })).rejects.toMatchObject({ code: "forbidden" });
    const row = await db().alert.findUniqueOrThrow({ where: { id: alert.id } });
    expect(row.closedAt).toBeNull();
    await db().task.deleteMany({ where: { id: { in: [task, waiting] } } });
    await db().alert.deleteMany({ where: { id: alert.id } });
  });

  it("users cancel their own tasks without a password confirmation", async () => {
    const person = await createPerson();
    const id = await deadTask(person.userId, "pending");
    const response = await call(cancel, {
      token: await staleToken(person),
      method: "DELETE",
      params: { id },
    });
    expect(response.status).toBe(200);
  });
});

describe("administrators' actions are recorded in the audit log", () => {
  it("archiving another user's product requires a recent password confirmation and is recorded; one's own does not", async () => {
    const [admin, seller] = [await createPerson("admin"), await createPerson("artist")];
    const archive = async (token: string, productId: string) =>
      (await call(archiveProduct, { token, method: "DELETE", params: { id: productId } })).status;
    const [theirs, own] = [await createTestProduct({}, seller), await createTestProduct({}, seller)];
    expect(await archive(await staleToken(admin), theirs.id)).toBe(403);
    expect(await db().product.count({ where: { id: theirs.id, archivedAt: null } })).toBe(1);
    const { accessToken } = await startTestSession(admin);
    // A repeat has no effect.
    expect([await archive(accessToken, theirs.id), await archive(accessToken, theirs.id)]).toEqual([
      200, 200,
    ]);
    expect(await archive(await staleToken(seller), own.id)).toBe(200);
    const written = await db().auditEntry.findMany({
      where: { subject: { in: [`product:${theirs.id}`, `product:${own.id}`] } },
    });
    expect(written).toMatchObject([{ action: "product_archived", actorId: admin.userId }]);
  });

  it("a replay, a cancellation and a closed alert are recorded once, with their actor", async () => {
    const admin = await createPerson("admin");
    const [dead, waiting] = [await deadTask(), await deadTask(null, "pending")];
    await transaction((tx) => raiseAlert(tx, { kind: "refund_failed", subject: dead, message: "x" }));
    const { id } = await db().alert.findFirstOrThrow({ where: { subject: dead } });
    for (let twice = 0; twice < 2; twice += 1) {
      await call(closeAlert, { as: admin, params: { id }, body: { reason: "refunded by hand" } });
      await call(replay, { as: admin, method: "POST", params: { id: dead } });
      await call(cancel, { as: admin, method: "DELETE", params: { id: waiting } });
    }
    const rows = await db().auditEntry.findMany({
      where: { actorId: admin.userId, action: { not: "sign_in" } },
      orderBy: { id: "asc" },
      select: { action: true, subject: true, requestId: true, data: true },
    });
    expect(rows).toMatchObject([
      {
        ...{ action: "alert_closed", subject: `alert:${id}`, requestId: expect.any(String) },
        data: { kind: "refund_failed", reason: "refunded by hand" },
      },
      { action: "task_replayed", subject: `task:${dead}`, requestId: expect.any(String) },
      { action: "task_cancelled", subject: `task:${waiting}`, requestId: expect.any(String) },
    ]);
    await db().alert.deleteMany({ where: { id } });
    await db().task.deleteMany({ where: { id: { in: [dead, waiting] } } });
  });
});

describe("GET /api/admin/people", () => {
  const find = async (query: string) => (await call(people, { as: admin, query })).body.items as PersonView[];
  let admin: Caller;

  it("finds by a part of the name or address in any case, by id, and by role; wildcards are literal", async () => {
    admin = await createPerson("admin");
    const mark = newId().slice(-12);
    const [artist, listener] = [await createPerson("artist"), await createPerson()];
    await db().user.update({ where: { id: artist.userId }, data: { name: `Мира_${mark}` } });
    await db().user.update({ where: { id: listener.userId }, data: { email: `a%${mark}@test.example` } });
    const ids = (items: PersonView[]) => items.map(({ id }) => id);
    expect(ids(await find(`?q=${encodeURIComponent(`мира_${mark}`)}`))).toEqual([artist.userId]);
    expect(ids(await find(`?q=${encodeURIComponent(`A%${mark.toUpperCase()}`)}`))).toEqual([listener.userId]);
    expect(ids(await find(`?q=${mark}&role=artist`))).toEqual([artist.userId]);
    expect(ids(await find(`?q=${mark.slice(0, 5)}_${mark.slice(6)}`))).toEqual([]);
    expect(ids(await find(`?q=${listener.userId}`))).toEqual([listener.userId]);
    expect(ids(await find(`?q=${mark}`))).toEqual([listener.userId, artist.userId]);
  });

  it("pages through users once each, newest first, without hashes", async () => {
    const mark = newId();
    const all = await createPeople(5);
    for (const { userId } of all) {
      await db().user.update({ where: { id: userId }, data: { name: `${mark} x` } });
    }
    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await call(people, { as: admin, query: `?q=${mark}%20x&limit=2${cursor}` });
      expect(JSON.stringify(body)).not.toContain("passwordHash");
      seen.push(...body.items.map(({ id }: PersonView) => id));
      cursor = body.nextCursor === null ? "" : `&cursor=${body.nextCursor}`;
    } while (cursor !== "");
    const expected = all.map(({ userId }) => userId).sort();
    expect(seen).toEqual(expected.reverse());
  });
});

describe("GET /api/admin/audit", () => {
  it("pages by actor, action and subject, newest first, with the names of existing users", async () => {
    const admin = await createPerson("admin");
    const [actor, subject] = [await createPerson(), await createPerson()];
    const write = (action: "name_changed" | "role_changed", to: Caller) =>
      recordAudit(db(), { action, actorId: actor.userId, subject: `user:${to.userId}`, data: { n: 1 } });
    await write("name_changed", actor);
    await write("role_changed", subject);
    await write("role_changed", subject);
    const read = async (query: string) => {
      const { body } = await call(audit, { as: admin, query });
      return body as { items: AuditEntryView[]; nextCursor: string | null };
    };
    const first = await read(`?actor=${actor.userId}&limit=2`);
    expect(first.items.map(({ action }) => action)).toEqual(["role_changed", "role_changed"]);
    expect(first.items[0]).toMatchObject({
      actorName: actor.name,
      subjectName: subject.name,
      data: { n: 1 },
    });
    const rest = await read(`?actor=${actor.userId}&limit=2&cursor=${first.nextCursor}`);
    expect(rest).toMatchObject({ items: [{ action: "name_changed" }], nextCursor: null });
    expect((await read(`?subject=user:${subject.userId}`)).items).toHaveLength(2);
    expect((await read(`?actor=${actor.userId}&action=name_changed`)).items).toHaveLength(1);
    await db().user.delete({ where: { id: subject.userId } });
    const after = (await read(`?subject=user:${subject.userId}`)).items;
    expect(after[0]).toMatchObject({ subjectName: null, subject: `user:${subject.userId}` });
  });

  it("an entry and the change that it records commit together or not at all", async () => {
    const person = await createPerson();
    const failing = transaction(async (tx) => {
      const subject = `user:${person.userId}` as const;
      await recordAudit(tx, { action: "name_changed", actorId: person.userId, subject });
      throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect(await auditActions(person.userId)).toEqual([]);
  });

  it.each(["?action=nonsense", "?actor=1", "?cursor=1", "?limit=101", "?subject=%00"])(
    "%s is 400",
    async (query) => {
      expect((await call(audit, { as: await createPerson("admin"), query })).status).toBe(400);
    },
  );
});
