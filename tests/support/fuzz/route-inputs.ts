import { newId } from "@/lib/core/ids";
import type { RouteInput } from "@/tests/support/clients/routes";
import { TEST_PASSWORD, type TestUser } from "@/tests/support/factories/accounts";
import { startTestSession } from "@/tests/support/factories/sessions";
import {
  makeAlert,
  makeBonus,
  makeChat,
  makeDelivery,
  makeFile,
  makeLinkToken,
  makeNotification,
  makeOrder,
  makePost,
  makeProduct,
  makeTask,
  type TestUsers,
  unconfirm,
} from "@/tests/support/factories/test-users";

/** Makes what a call is about, anew for each call, and returns a request that is good but for who sends it. */
type RouteInputFactory = (world: TestUsers, caller: TestUser | null) => RouteInput | Promise<RouteInput>;

const withId = (value: string): RouteInput => ({ params: { id: value } });
/** Somebody's own account, where the route is about the caller's: nobody names the listener's. */
const callerOrListener = (world: TestUsers, caller: TestUser | null) => caller ?? world.listener;
/** A chat of the listener's, or a message in it. */
const chatInput = async (world: TestUsers): Promise<RouteInput> => withId((await makeChat(world)).id);
const chatMessageInput = async (world: TestUsers): Promise<RouteInput> => ({ params: await makeChat(world) });
const newEmail = () => `${newId()}@test.example`;

/** By the route's name; one that needs nothing is not here. */
export const routeInputs: Readonly<Record<string, RouteInputFactory>> = {
  "POST /api/admin/alerts/{id}/close": async () => withId(await makeAlert()),
  "POST /api/analytics/events": () => ({ body: { events: [{ name: "page.opened" }] } }),
  "GET /api/analytics/totals": () => ({ query: "?from=2026-11-01&to=2026-11-02" }),
  "POST /api/auth/confirm-email": async (world) => ({
    body: { token: await makeLinkToken(world, "confirm_address") },
  }),
  "POST /api/auth/reset-password": async (world) => ({
    body: { token: await makeLinkToken(world, "reset_password"), password: "nine brown herons" },
  }),
  "POST /api/me/confirm-email": async (world, caller) => {
    await unconfirm(callerOrListener(world, caller));
    return {};
  },
  "POST /api/auth/sign-in": (world) => ({ body: { email: world.listener.email, password: TEST_PASSWORD } }),
  "POST /api/auth/sign-up": () => ({
    body: { email: newEmail(), password: TEST_PASSWORD, name: "New here" },
  }),
  "POST /api/auth/confirm-password": () => ({ body: { password: TEST_PASSWORD } }),
  "POST /api/auth/refresh": async (world) => ({
    body: { refreshToken: (await startTestSession(world.listener)).refreshToken },
  }),
  "POST /api/bonuses/spend": async (world) => {
    await makeBonus(world, 100);
    return { body: { amount: 100 } };
  },
  "GET /api/chats/{id}": chatInput,
  "PATCH /api/chats/{id}": async (world) => ({
    ...(await chatInput(world)),
    body: { title: "Another title" },
  }),
  "POST /api/chats/{id}/join": async (world) => withId((await makeChat(world, true)).id),
  "POST /api/chats/{id}/leave": chatInput,
  "POST /api/chats/{id}/members": async (world) => ({
    ...(await chatInput(world)),
    body: { userId: world.other.userId },
  }),
  "GET /api/chats/{id}/messages": chatInput,
  "POST /api/chats/{id}/messages": async (world) => ({
    ...(await chatInput(world)),
    body: { clientId: newId(), text: "Hello there" },
  }),
  "PATCH /api/chats/{id}/messages/{messageId}": async (world) => ({
    ...(await chatMessageInput(world)),
    body: { text: "Written anew" },
  }),
  "DELETE /api/chats/{id}/messages/{messageId}": chatMessageInput,
  "POST /api/chats/{id}/messages/{messageId}/pin": async (world) => ({
    ...(await chatMessageInput(world)),
    body: { pinned: true },
  }),
  "POST /api/chats/{id}/messages/{messageId}/reactions": async (world) => ({
    ...(await chatMessageInput(world)),
    body: { emoji: "🔥", on: true },
  }),
  "GET /api/chats/{id}/pinned": chatInput,
  "POST /api/chats/{id}/read": async (world) => ({ ...(await chatInput(world)), body: { seq: 1 } }),
  "GET /api/chats/{id}/search": async (world) => ({ ...(await chatInput(world)), query: "?q=hello" }),
  "POST /api/chats/{id}/typing": chatInput,
  "POST /api/chats": () => ({ body: { kind: "group", title: "A new group" } }),
  "GET /api/deliveries/{id}/download": async (world) => withId((await makeDelivery(world, "track")).id),
  "POST /api/deliveries/admit": async (world) => ({
    body: { code: (await makeDelivery(world, "ticket")).code },
  }),
  "GET /api/leaderboards/{period}": () => ({ params: { period: "week" } }),
  "GET /api/media/{id}": async (world) => withId(await makeFile(world)),
  "POST /api/media": () => ({
    body: "A text",
    headers: { "content-type": "text/plain", "x-file-name": "a.txt" },
  }),
  "POST /api/notifications/read": async (world) => ({ body: { ids: [await makeNotification(world)] } }),
  "GET /api/orders/{id}": async (world) => withId(await makeOrder(world)),
  "POST /api/orders/{id}/refund": async (world) => ({ ...withId(await makeOrder(world)), body: {} }),
  "POST /api/orders": async (world) => ({ body: { productId: await makeProduct(world) } }),
  "GET /api/posts/{id}": async (world) => withId(await makePost(world)),
  "POST /api/posts": () => ({ body: { title: "A new track" } }),
  "POST /api/posts/view": async (world) => ({ body: { postId: await makePost(world) } }),
  "POST /api/posts/views-batch": async (world) => ({ body: { postIds: [await makePost(world)] } }),
  "POST /api/presence": () => ({ body: { streamId: newId(), state: "online" } }),
  "GET /api/presence": (world) => ({ query: `?userIds=${world.listener.userId}` }),
  "GET /api/products/{id}": async (world) => withId(await makeProduct(world)),
  "DELETE /api/products/{id}": async (world) => withId(await makeProduct(world)),
  "POST /api/products": () => ({
    body: { kind: "licence", title: "A licence", priceMinor: 500, currency: "EUR" },
  }),
  "POST /api/qstash/{queue}": () => ({ params: { queue: "emails" }, body: {} }),
  "DELETE /api/sessions/{id}": async (world) => withId((await startTestSession(world.listener)).session.id),
  "DELETE /api/sessions": () => ({ query: "?scope=all" }),
  "GET /api/tasks/{id}": async (world) => withId(await makeTask(world)),
  "DELETE /api/tasks/{id}": async (world) => withId(await makeTask(world)),
  "POST /api/tasks/{id}/replay": async (world) => withId(await makeTask(world, "dead")),
  "POST /api/webhooks/payments": () => ({ body: { id: "evt_1", type: "charge.refunded", data: {} } }),
  "DELETE /api/me": () => ({ body: { password: TEST_PASSWORD } }),
  "PATCH /api/me": () => ({ body: { name: "Another name" } }),
  "PATCH /api/me/preferences": () => ({ body: { notifications: { bonus: "off" } } }),
  "POST /api/me/password": () => ({
    body: { currentPassword: TEST_PASSWORD, newPassword: "eight white herons" },
  }),
  "POST /api/me/email": () => ({ body: { email: newEmail() } }),
  "POST /api/auth/forgot-password": (world, caller) => ({
    body: { email: callerOrListener(world, caller).email },
  }),
  "POST /api/admin/people/{id}/role": (world) => ({
    ...withId(world.other.userId),
    body: { role: "artist" },
  }),
};
