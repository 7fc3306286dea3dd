import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeAccount, deleteSession } from "@/lib/sessions";
import { type AppRoute, allRoutes, callRoute, type RouteInput } from "@/tests/support/clients/routes";
import { createTestUser, type TestUser } from "@/tests/support/factories/accounts";
import { startTestChain } from "@/tests/support/factories/minting";
import {
  accessTokenFor,
  dropAccessTokens,
  expirePasswordConfirmation,
  startTestSession,
} from "@/tests/support/factories/sessions";
import { stopShopServer } from "@/tests/support/factories/shop-server";
import {
  createTestUsers,
  makeNotification,
  makeOrder,
  type TestUsers,
} from "@/tests/support/factories/test-users";
import { routeInputs } from "@/tests/support/fuzz/route-inputs";

/**
 * Who may call what. Each call is valid but for its caller. What it acts on (an order, a session, a task, a delivery)
 * belongs to the listener, and products and bots to the artist; `other` is a listener without access to any of it. A route that
 * reads only the caller's own data is 200 for every user: tests below check that the data is the caller's own.
 */
const MATRIX = `
                                            anonymous  listener  other  artist  admin
  POST   /api/admin/alerts/{id}/close       401     403       403    403     200
  GET    /api/admin/alerts                  401     403       403    403     200
  POST   /api/admin/alerts/test             401     403       403    403     200
  GET    /api/admin/audit                   401     403       403    403     200
  GET    /api/admin/people                  401     403       403    403     200
  POST   /api/admin/people/{id}/role        401     403       403    403     200
  GET    /api/admin/overview                401     403       403    403     200
  GET    /api/admin/schedules               401     403       403    403     200
  GET    /api/admin/caches                  401     403       403    403     200
  POST   /api/admin/caches/clear            401     403       403    403     200
  POST   /api/admin/caches/invalidate       401     403       403    403     200
  GET    /api/admin/limits                  401     403       403    403     200
  POST   /api/admin/limits/lift             401     403       403    403     200
  GET    /api/admin/live                    401     403       403    403     200
  GET    /api/admin/people/{id}             401     403       403    403     200
  POST   /api/admin/people/{id}/block       401     403       403    403     200
  POST   /api/admin/people/{id}/sessions/end  401     403       403    403     200
  POST   /api/admin/people/{id}/unblock     401     403       403    403     200
  POST   /api/admin/presence/clear          401     403       403    403     200
  GET    /api/admin/redis                   401     403       403    403     200
  POST   /api/admin/redis/backup            401     403       403    403     200
  GET    /api/admin/redis/key               401     403       403    403     200
  POST   /api/admin/redis/key/delete        401     403       403    403     200
  POST   /api/admin/redis/key/expire        401     403       403    403     200
  GET    /api/admin/redis/keys              401     403       403    403     200
  POST   /api/admin/redis/kinds/delete      401     403       403    403     200
  GET    /api/admin/reports                 401     403       403    403     200
  POST   /api/admin/reports/{id}/close      401     403       403    403     200
  POST   /api/admin/sessions/clear          401     403       403    403     200
  GET    /api/admin/views                   401     403       403    403     200
  POST   /api/admin/views/sync              401     403       403    403     200
  POST   /api/admin/views/recount           401     403       403    403     200
  GET    /api/admin/tasks/search            401     403       403    403     200
  GET    /api/admin/tasks                   401     403       403    403     200
  GET    /api/admin/tasks/{id}              401     403       403    403     200
  POST   /api/admin/tasks/{id}/retry        401     403       403    403     200
  POST   /api/admin/tasks/{id}/cancel       401     403       403    403     200
  GET    /api/admin/tasks/redrive           401     403       403    403     200
  POST   /api/admin/tasks/redrive           401     403       403    403     200
  POST   /api/admin/tasks/cancel            401     403       403    403     200
  POST   /api/admin/queues/{queue}/pause    401     403       403    403     200
  POST   /api/admin/queues/{queue}/resume   401     403       403    403     200
  POST   /api/analytics/events              202     202       202    202     202
  GET    /api/analytics/totals              401     403       403    403     200
  POST   /api/auth/confirm-email            200     200       200    200     200
  POST   /api/auth/confirm-password         401     200       200    200     200
  POST   /api/auth/forgot-password          202     202       202    202     202
  POST   /api/auth/refresh                  200     200       200    200     200
  POST   /api/auth/reset-password           200     200       200    200     200
  POST   /api/auth/sign-in                  200     200       200    200     200
  POST   /api/auth/sign-out                 200     200       200    200     200
  POST   /api/auth/sign-up                  201     201       201    201     201
  GET    /api/bonuses                       401     200       200    200     200
  POST   /api/bonuses/spend                 401     200       409    409     409
  GET    /api/bot/links                     401     200       200    200     200
  POST   /api/bot/links                     401     201       201    201     201
  DELETE /api/bot/links/{id}                401     200       404    404     404
  POST   /api/bot/links/confirm             401     200       200    200     200
  GET    /api/bots  401  403  403  200  200
  POST   /api/bots  401  403  403  201  201
  GET    /api/bots/numbers  401  403  403  200  200
  GET    /api/bots/{botId}  401  403  403  200  200
  PATCH  /api/bots/{botId}  401  403  403  200  200
  DELETE /api/bots/{botId}  401  403  403  200  200
  GET    /api/bots/{botId}/executions  401  403  403  200  200
  GET    /api/bots/{botId}/executions/{id}  401  403  403  200  200
  POST   /api/bots/{botId}/executions/{id}/cancel  401  403  403  200  200
  POST   /api/bots/{botId}/executions/{id}/move  401  403  403  200  200
  POST   /api/bots/{botId}/executions/{id}/resume  401  403  403  200  200
  GET    /api/bots/{botId}/export  401  403  403  200  200
  POST   /api/bots/{botId}/import  401  403  403  200  200
  POST   /api/bots/{botId}/webhook  401  403  403  200  200
  GET    /api/bots/{botId}/workflows  401  403  403  200  200
  POST   /api/bots/{botId}/workflows  401  403  403  201  201
  GET    /api/bots/{botId}/workflows/{key}  401  403  403  200  200
  DELETE /api/bots/{botId}/workflows/{key}  401  403  403  200  200
  PUT    /api/bots/{botId}/workflows/{key}/draft  401  403  403  200  200
  DELETE /api/bots/{botId}/workflows/{key}/draft  401  403  403  200  200
  POST   /api/bots/{botId}/workflows/{key}/publish  401  403  403  200  200
  POST   /api/bots/{botId}/workflows/{key}/rollback  401  403  403  200  200
  POST   /api/bots/{botId}/workflows/{key}/test  401  403  403  201  201
  POST   /api/bots/{botId}/workflows/{key}/validate  401  403  403  200  200
  GET    /api/bots/{botId}/workflows/{key}/versions/{number}  401  403  403  200  200
  PATCH  /api/chats/{id}                    401     200       404    403     404
  GET    /api/chats/{id}                    401     200       404    200     404
  POST   /api/chats/{id}/join               401     200       200    200     200
  POST   /api/chats/{id}/leave              401     200       404    200     404
  POST   /api/chats/{id}/members            401     200       404    200     404
  DELETE /api/chats/{id}/members/{userId}   401     200       404    403     200
  GET    /api/chats/{id}/messages           401     200       404    200     404
  POST   /api/chats/{id}/messages           401     201       404    201     404
  PATCH  /api/chats/{id}/messages/{messageId}  401  200       404    403     404
  DELETE /api/chats/{id}/messages/{messageId}  401  200       404    403     200
  POST   /api/chats/{id}/messages/{messageId}/pin  401  200   404    200     404
  POST   /api/chats/{id}/messages/{messageId}/reactions  401  200  404  200  404
  GET    /api/chats/{id}/pinned             401     200       404    200     404
  POST   /api/chats/{id}/read               401     200       404    200     404
  GET    /api/chats/{id}/search             401     200       404    200     404
  POST   /api/chats/{id}/typing             401     202       404    202     404
  GET    /api/chats/open                    401     200       200    200     200
  GET    /api/chats                         401     200       200    200     200
  POST   /api/chats                         401     201       201    201     201
  GET    /api/cron/sweep-tasks              401     401       401    401     401
  GET    /api/cron/sync-and-sweep           401     401       401    401     401
  GET    /api/cron/sync-views               401     401       401    401     401
  GET    /api/cron/tidy                     401     401       401    401     401
  GET    /api/deliveries/{id}/download      404     302       404    404     404
  POST   /api/deliveries/admit              401     404       404    200     200
  GET    /api/health                        200     200       200    200     200
  GET    /api/leaderboards/{period}         200     200       200    200     200
  GET    /api/me                            401     200       200    200     200
  DELETE /api/me                            401     200       200    200     200
  GET    /api/me/export                     401     200       200    200     200
  GET    /api/me/numbers                    401     200       200    200     200
  PATCH  /api/me                            401     200       200    200     200
  GET    /api/me/blocks                     401     200       200    200     200
  POST   /api/me/artist                     401     200       200    200     409
  POST   /api/me/confirm-email              401     202       202    202     202
  POST   /api/me/email                      401     202       202    202     202
  POST   /api/me/password                   401     200       200    200     200
  GET    /api/me/preferences                401     200       200    200     200
  PATCH  /api/me/preferences                401     200       200    200     200
  GET    /api/media/{id}                    401     200       404    404     404
  DELETE /api/media/{id}                    401     200       404    404     404
  GET    /api/media/{id}/status             401     200       404    404     404
  POST   /api/media/{id}/uploaded           401     200       404    404     404
  POST   /api/media                         401     201       201    201     201
  POST   /api/media/upload                  401     201       201    201     201
  POST   /api/media/upload/completed        400     400       400    400     400
  GET    /api/media/uploads                 401     200       200    200     200
  GET    /api/metrics                       401     401       401    401     401
  POST   /api/notifications/read            401     200       200    200     200
  GET    /api/notifications                 401     200       200    200     200
  POST   /api/orders/{id}/refund            401     403       404    202     202
  GET    /api/orders/{id}                   401     200       404    200     200
  GET    /api/orders                        401     200       200    200     200
  POST   /api/orders                        401     201       201    403     201
  GET    /api/people                        401     200       200    200     200
  GET    /api/people/{handle}               200     200       200    200     200
  PUT    /api/people/{handle}/block         401     200       200    400     200
  DELETE /api/people/{handle}/block         401     200       200    200     200
  GET    /api/posts/{id}                    200     200       200    200     200
  PATCH  /api/posts/{id}                    401     403       403    409     403
  DELETE /api/posts/{id}                    401     403       403    200     403
  GET    /api/posts/{id}/mint               200     200       200    200     200
  POST   /api/posts/{id}/mint               401     403       403    202     403
  GET    /api/posts/{id}/mint/challenge     401     403       403    200     403
  POST   /api/posts/{id}/play               401     409       409    409     409
  GET    /api/posts/{id}/plays              401     403       403    200     200
  GET    /api/posts                         200     200       200    200     200
  POST   /api/posts                         401     201       201    201     201
  POST   /api/posts/sync-views              401     403       403    403     200
  POST   /api/posts/view                    401     200       200    200     200
  POST   /api/posts/views-batch             401     200       200    200     200
  GET    /api/presence                      401     200       200    200     200
  POST   /api/presence                      401     200       200    200     200
  GET    /api/products/{id}                 200     200       200    200     200
  DELETE /api/products/{id}                 401     403       403    200     200
  GET    /api/products                      200     200       200    200     200
  POST   /api/products                      401     403       403    201     201
  POST   /api/qstash/audio-transcoding      401     401       401    401     401
  POST   /api/qstash/{queue}                401     401       401    401     401
  POST   /api/reports                       401     201       201    400     201
  GET    /api/search                        200     200       200    200     200
  DELETE /api/sessions/{id}                 401     200       404    404     404
  GET    /api/realtime                      401     200       200    200     200
  POST   /api/realtime                      200     200       200    200     200
  GET    /api/sessions                      401     200       200    200     200
  DELETE /api/sessions                      401     200       200    200     200
  POST   /api/tasks/{id}/replay             401     403       403    403     200
  GET    /api/tasks/{id}                    401     200       404    404     200
  DELETE /api/tasks/{id}                    401     200       404    404     200
  GET    /api/test-integration              200     200       200    200     200
  POST   /api/webhooks/payments             401     401       401    401     401
  POST   /api/webhooks/telegram/{botId}     401     401       401    401     401
`;

const CALLERS = ["anonymous", "listener", "other", "artist", "admin"] as const;

const rows = MATRIX.trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [method, path, ...statuses] = line.trim().split(/\s+/);
    return { name: `${method} ${path}`, statuses: statuses.map(Number) };
  });

/** These routes end sessions and change accounts: each gets users of its own. */
const ACCOUNT_ROUTE = /^\S+ \/api\/(auth|me|sessions|admin\/(people|sessions))(\/|$)/;

const routes = new Map((await allRoutes()).map((route) => [route.name, route]));
const signedInOnly = [...routes.values()].filter(({ spec }) =>
  ["user", "admin", "optional"].includes(spec.auth),
);

const chain = await startTestChain();
let users: TestUsers;

beforeAll(async () => {
  users = await createTestUsers();
});
afterAll(async () => {
  await stopShopServer();
  await chain.close();
});

function routeOf(name: string): AppRoute {
  const route = routes.get(name);
  if (!route) throw new Error(`there is no route ${name}`);
  return route;
}

async function inputOf(route: AppRoute, people: TestUsers, caller: TestUser | null): Promise<RouteInput> {
  return (await routeInputs[route.name]?.(people, caller)) ?? {};
}

/** Calls a route with valid input and this token. */
async function callWith(route: AppRoute, token: string | undefined, caller: TestUser | null = null) {
  const { status, body } = await callRoute(route, await inputOf(route, users, caller), token);
  return { route: route.name, status, code: body?.error?.code };
}

it("every route has a row in the matrix, and every row a route", () => {
  expect(rows.map(({ name }) => name).sort()).toEqual([...routes.keys()].sort());
  for (const { name, statuses } of rows)
    expect({ name, columns: statuses.length }).toEqual({ name, columns: 5 });
});

describe("anonymous, listener, other listener, artist, administrator", () => {
  it.each(rows)("$name: $statuses", async ({ name, statuses }) => {
    const route = routeOf(name);
    const isAboutAccounts = ACCOUNT_ROUTE.test(name);
    const people = isAboutAccounts ? await createTestUsers() : users;
    const actual = [];
    for (const who of CALLERS) {
      const caller = who === "anonymous" ? null : people[who];
      const input = await inputOf(route, people, caller);
      const token =
        caller &&
        (isAboutAccounts ? (await startTestSession(caller)).accessToken : await accessTokenFor(caller));
      const { status, body } = await callRoute(route, input, token ?? undefined);
      // A rejection has the standard body, so that a page with the same status does not pass.
      if (status >= 400) expect(body.error).toMatchObject({ code: expect.any(String) });
      actual.push(status);
    }
    if (name === "POST /api/admin/sessions/clear") dropAccessTokens();
    expect(actual).toEqual(statuses);
  });
});

it("an unknown path is 404 for every caller", async () => {
  const { GET, POST } = await import("@/app/api/[[...path]]/route");
  for (const handler of [GET, POST]) {
    const route = { ...routeOf("GET /api/me"), handler };
    expect(await callWith(route, await accessTokenFor(users.admin))).toMatchObject({
      status: 404,
      code: "not_found",
    });
  }
});

it("a revoked session gets 401 on every route for users", async () => {
  const { accessToken, session } = await startTestSession(users.admin);
  expect(await callWith(routeOf("GET /api/me"), accessToken)).toMatchObject({ status: 200 });
  await deleteSession(session.id);
  for (const route of signedInOnly) {
    expect(await callWith(route, accessToken)).toEqual({
      route: route.name,
      status: 401,
      code: "unauthenticated",
    });
  }
});

it("an erased account gets 401 on every route for users", async () => {
  const gone = await createTestUser("admin");
  const { accessToken } = await startTestSession(gone);
  await changeAccount(gone.userId, (tx) => tx.user.delete({ where: { id: gone.userId } }), {
    revoke: "all",
    reason: "deleted",
  });
  for (const route of signedInOnly) {
    expect(await callWith(route, accessToken)).toEqual({
      route: route.name,
      status: 401,
      code: "unauthenticated",
    });
  }
});

describe("the role is the account's current one, not the token's", () => {
  const become = (person: TestUser, role: TestUser["role"]) =>
    changeAccount(person.userId, (tx) => tx.user.update({ where: { id: person.userId }, data: { role } }), {
      reason: "role",
    });

  it("a former administrator gets 403 on every route for administrators at the next request", async () => {
    const person = await createTestUser("admin");
    const { accessToken } = await startTestSession(person);
    expect(await callWith(routeOf("GET /api/admin/tasks"), accessToken)).toMatchObject({ status: 200 });
    await become(person, "listener");
    for (const route of signedInOnly.filter(({ spec }) => spec.auth === "admin")) {
      expect(await callWith(route, accessToken)).toEqual({
        route: route.name,
        status: 403,
        code: "forbidden",
      });
    }
    // Also where `lib` checks the role.
    for (const [name, status] of [
      ["GET /api/orders/{id}", 404],
      ["GET /api/tasks/{id}", 404],
      ["POST /api/deliveries/admit", 404],
      ["POST /api/products", 403],
    ] as const) {
      expect(await callWith(routeOf(name), accessToken)).toMatchObject({ route: name, status });
    }
  });

  it("a listener who became an artist has the role at the next request", async () => {
    const person = await createTestUser();
    const { accessToken } = await startTestSession(person);
    const create = routeOf("POST /api/products");
    expect(await callWith(create, accessToken)).toMatchObject({ status: 403 });
    await become(person, "artist");
    expect(await callWith(create, accessToken)).toMatchObject({ status: 201 });
  });
});

it("a route that requires a recent password confirmation is 403 with its own code for an old one", async () => {
  for (const route of signedInOnly.filter(({ spec }) => spec.fresh)) {
    const person = await createTestUser(route.spec.auth === "admin" ? "admin" : "listener");
    const { accessToken, session } = await startTestSession(person);
    await expirePasswordConfirmation(session.id);
    expect(await callWith(route, accessToken, person)).toEqual({
      route: route.name,
      status: 403,
      code: "fresh_sign_in_required",
    });
  }
});

it("the scheduler's secret authenticates only at the cron routes", async () => {
  const secret = process.env.CRON_SECRET ?? "";
  for (const route of routes.values()) {
    if (route.spec.auth === "cron") expect((await callWith(route, secret)).status).toBe(200);
    if (signedInOnly.includes(route) || route.spec.auth === "metrics")
      expect((await callWith(route, secret)).status).toBe(401);
  }
});

describe("the caller's own data", () => {
  it("lists show no other user's rows", async () => {
    const people = await createTestUsers();
    const [orderId, notificationId] = await Promise.all([makeOrder(people), makeNotification(people)]);
    const { session } = await startTestSession(people.listener);
    const listBody = async (person: TestUser, name: string) =>
      JSON.stringify((await callRoute(routeOf(name), {}, await accessTokenFor(person))).body);
    for (const [name, id] of [
      ["GET /api/orders", orderId],
      ["GET /api/notifications", notificationId],
      ["GET /api/sessions", session.id],
      ["GET /api/me", people.listener.userId],
    ] as const) {
      expect(await listBody(people.listener, name)).toContain(id);
      for (const stranger of [people.other, people.admin])
        expect(await listBody(stranger, name)).not.toContain(id);
    }
  });

  it("marking as read does not change another user's notifications", async () => {
    const people = await createTestUsers();
    const input = { body: { ids: [await makeNotification(people)] } };
    const mark = routeOf("POST /api/notifications/read");
    await callRoute(mark, input, await accessTokenFor(people.other));
    const list = await callRoute(
      routeOf("GET /api/notifications"),
      {},
      await accessTokenFor(people.listener),
    );
    expect(list.body.unreadCount).toBe(1);
    expect((await callRoute(mark, input, await accessTokenFor(people.listener))).body.unreadCount).toBe(0);
  });
});
