import { newId } from "@/lib/core/ids";
import { signId } from "@/lib/core/signed-id";
import { db } from "@/lib/db";
import { createProofMessage } from "@/lib/nft/ownership-proof";
import { LOCAL_CHAIN_ID } from "@/local/chain";
import type { RouteInput } from "@/tests/support/clients/routes";
import { newToken } from "@/tests/support/clients/telegram";
import { createTestUser, TEST_PASSWORD, type TestUser } from "@/tests/support/factories/accounts";
import {
  makeArtistBot,
  makeExecution,
  makeWorkflow,
  questionDefinition,
} from "@/tests/support/factories/artist-bots";
import { newWallet } from "@/tests/support/factories/minting";
import { handleOf } from "@/tests/support/factories/people";
import { startTestSession } from "@/tests/support/factories/sessions";
import {
  makeAlert,
  makeBonus,
  makeBot,
  makeBotCode,
  makeBotLink,
  makeChat,
  makeDelivery,
  makeFile,
  makeLinkToken,
  makeNotification,
  makeOrder,
  makePost,
  makeProduct,
  makeReport,
  makeTask,
  makeUpload,
  type TestUsers,
  unconfirm,
} from "@/tests/support/factories/test-users";

/** Creates what a route acts on, new for each call, and returns a request that is valid but for its caller. */
type RouteInputFactory = (users: TestUsers, caller: TestUser | null) => RouteInput | Promise<RouteInput>;

const REASON: RouteInput = { body: { reason: "a test" } };
const withId = (value: string): RouteInput => ({ params: { id: value } });
/** The caller's own account where the route acts on it; the listener's for an anonymous caller. */
const callerOrListener = (users: TestUsers, caller: TestUser | null) => caller ?? users.listener;
/** A chat of the listener, or a message in it. */
const chatInput = async (users: TestUsers): Promise<RouteInput> => withId((await makeChat(users)).id);
const chatMessageInput = async (users: TestUsers): Promise<RouteInput> => ({ params: await makeChat(users) });
const newEmail = () => `${newId()}@test.example`;

/** A new wallet's signed message for a post of the artist. */
const mintInput = async (users: TestUsers, caller: TestUser | null): Promise<RouteInput> => {
  const postId = await makePost(users);
  const wallet = newWallet();
  const { userId } = callerOrListener(users, caller);
  const { message } = createProofMessage({
    userId,
    postId,
    address: wallet.address,
    chainId: LOCAL_CHAIN_ID,
  });
  return { ...withId(postId), body: { message, signature: await wallet.signMessage({ message }) } };
};

/** A bot of the artist. */
const botInput = async (users: TestUsers): Promise<RouteInput> => ({
  params: { botId: await makeArtistBot(users) },
});
/** A workflow of the artist's bot, with version 1 published and a draft at revision 1. */
const workflowInput = async (users: TestUsers): Promise<RouteInput> => {
  const { botId, key } = await makeWorkflow(users);
  return { params: { botId, key } };
};
/** The execution of a Telegram user in the artist's bot. */
const executionInput = async (users: TestUsers): Promise<RouteInput> => {
  const { botId, executionId } = await makeExecution(users);
  return { params: { botId, id: executionId } };
};
const executionAction = { reason: "stuck", stepNo: 1 };

/** Inputs by route name; routes that need no input are absent. */
export const routeInputs: Readonly<Record<string, RouteInputFactory>> = {
  "POST /api/admin/alerts/{id}/close": async () => ({
    ...withId(await makeAlert()),
    body: { reason: "dealt with" },
  }),
  "POST /api/admin/alerts/test": () => ({ body: { reason: "a new webhook" } }),
  "POST /api/analytics/events": () => ({ body: { events: [{ name: "page.opened" }] } }),
  "GET /api/analytics/totals": () => ({ query: "?from=2026-11-01&to=2026-11-02" }),
  "POST /api/auth/confirm-email": async (users) => ({
    body: { token: await makeLinkToken(users, "confirm_address") },
  }),
  "POST /api/auth/reset-password": async (users) => ({
    body: { token: await makeLinkToken(users, "reset_password"), password: "nine brown herons" },
  }),
  "POST /api/me/confirm-email": async (users, caller) => {
    await unconfirm(callerOrListener(users, caller));
    return {};
  },
  "POST /api/auth/sign-in": (users) => ({ body: { email: users.listener.email, password: TEST_PASSWORD } }),
  "POST /api/auth/sign-up": () => ({
    body: { email: newEmail(), password: TEST_PASSWORD, name: "New here" },
  }),
  "POST /api/auth/confirm-password": () => ({ body: { password: TEST_PASSWORD } }),
  "POST /api/auth/refresh": async (users) => ({
    body: { refreshToken: (await startTestSession(users.listener)).refreshToken },
  }),
  "POST /api/bonuses/spend": async (users) => {
    await makeBonus(users, 100);
    return { body: { amount: 100 } };
  },
  "GET /api/chats/{id}": chatInput,
  "PATCH /api/chats/{id}": async (users) => ({
    ...(await chatInput(users)),
    body: { title: "Another title" },
  }),
  "POST /api/chats/{id}/join": async (users) => withId((await makeChat(users, true)).id),
  "POST /api/chats/{id}/leave": chatInput,
  "POST /api/chats/{id}/members": async (users) => ({
    ...(await chatInput(users)),
    body: { userId: users.other.userId },
  }),
  "DELETE /api/chats/{id}/members/{userId}": async (users) => ({
    params: { id: (await makeChat(users)).id, userId: users.artist.userId },
  }),
  "GET /api/chats/{id}/messages": chatInput,
  "POST /api/chats/{id}/messages": async (users) => ({
    ...(await chatInput(users)),
    body: { clientId: newId(), text: "Hello there" },
  }),
  "PATCH /api/chats/{id}/messages/{messageId}": async (users) => ({
    ...(await chatMessageInput(users)),
    body: { text: "An edited text" },
  }),
  "DELETE /api/chats/{id}/messages/{messageId}": chatMessageInput,
  "POST /api/chats/{id}/messages/{messageId}/pin": async (users) => ({
    ...(await chatMessageInput(users)),
    body: { pinned: true },
  }),
  "POST /api/chats/{id}/messages/{messageId}/reactions": async (users) => ({
    ...(await chatMessageInput(users)),
    body: { emoji: "🔥", on: true },
  }),
  "GET /api/chats/{id}/pinned": chatInput,
  "POST /api/chats/{id}/read": async (users) => ({ ...(await chatInput(users)), body: { seq: 1 } }),
  "GET /api/chats/{id}/search": async (users) => ({ ...(await chatInput(users)), query: "?q=hello" }),
  "POST /api/chats/{id}/typing": chatInput,
  "POST /api/chats": () => ({ body: { kind: "group", title: "A new group" } }),
  "GET /api/deliveries/{id}/download": async (users) => withId((await makeDelivery(users, "track")).id),
  "POST /api/deliveries/admit": async (users) => ({
    body: { code: (await makeDelivery(users, "ticket")).code },
  }),
  "GET /api/leaderboards/{period}": () => ({ params: { period: "week" } }),
  "GET /api/media/{id}": async (users) => withId(await makeFile(users)),
  "DELETE /api/media/{id}": async (users) => withId(await makeUpload(users)),
  "GET /api/media/{id}/status": async (users) => withId(await makeUpload(users)),
  "POST /api/media/{id}/uploaded": async (users) => withId(await makeUpload(users)),
  "POST /api/media/upload": () => ({ body: { purpose: "cover", name: "cover.png", bytes: 1_000 } }),
  "POST /api/media/upload/completed": () => ({ body: {} }),
  "GET /api/media/uploads": () => ({ query: "?purpose=cover" }),
  "POST /api/media": () => ({
    body: "A text",
    headers: { "content-type": "text/plain", "x-file-name": "a.txt" },
  }),
  "POST /api/notifications/read": async (users) => ({ body: { ids: [await makeNotification(users)] } }),
  "GET /api/orders/{id}": async (users) => withId(await makeOrder(users)),
  "POST /api/orders/{id}/refund": async (users) => ({ ...withId(await makeOrder(users)), body: {} }),
  "POST /api/orders": async (users) => ({ body: { productId: await makeProduct(users) } }),
  "GET /api/posts/{id}": async (users) => withId(await makePost(users)),
  "PATCH /api/posts/{id}": async (users) => ({
    ...withId(await makePost(users)),
    body: { audioFileId: newId() },
  }),
  "DELETE /api/posts/{id}": async (users) => withId(await makePost(users)),
  "GET /api/posts/{id}/mint": async (users) => withId(await makePost(users)),
  "POST /api/posts/{id}/mint": mintInput,
  "GET /api/posts/{id}/mint/challenge": async (users) => ({
    ...withId(await makePost(users)),
    query: `?address=${newWallet().address}`,
  }),
  "POST /api/posts/{id}/play": async (users) => withId(await makePost(users)),
  "GET /api/posts/{id}/plays": async (users) => withId(await makePost(users)),
  "POST /api/posts": () => ({ body: { title: "A new track" } }),
  "POST /api/posts/view": async (users) => ({ body: { postId: await makePost(users) } }),
  "POST /api/posts/views-batch": async (users) => ({ body: { postIds: [await makePost(users)] } }),
  "POST /api/presence": () => ({ body: { streamId: newId(), state: "online" } }),
  "POST /api/realtime": () => ({ body: { answerToken: signId("answer_heartbeat", newId()) } }),
  "GET /api/presence": (users) => ({ query: `?userIds=${users.listener.userId}` }),
  "GET /api/search": () => ({ query: "?q=track" }),
  "GET /api/people/{handle}": async ({ artist }) => ({ params: { handle: await handleOf(artist) } }),
  "PUT /api/people/{handle}/block": async ({ artist }) => ({ params: { handle: await handleOf(artist) } }),
  "DELETE /api/people/{handle}/block": async ({ artist }) => ({ params: { handle: await handleOf(artist) } }),
  "GET /api/products/{id}": async (users) => withId(await makeProduct(users)),
  "DELETE /api/products/{id}": async (users) => withId(await makeProduct(users)),
  "POST /api/products": () => ({
    body: { kind: "licence", title: "A licence", priceMinor: 500, currency: "EUR" },
  }),
  "POST /api/qstash/audio-transcoding": () => ({ body: {} }),
  "POST /api/qstash/{queue}": () => ({ params: { queue: "emails" }, body: {} }),
  "POST /api/reports": async (users) => ({
    body: { target: "post", targetId: await makePost(users), reason: "spam" },
  }),
  "POST /api/admin/reports/{id}/close": async (users) => ({
    ...withId(await makeReport(users)),
    body: { outcome: "resolved", reason: "done" },
  }),
  "DELETE /api/sessions/{id}": async (users) => withId((await startTestSession(users.listener)).session.id),
  "DELETE /api/sessions": () => ({ query: "?scope=all" }),
  "GET /api/admin/tasks/{id}": async (users) => withId(await makeTask(users)),
  "POST /api/admin/tasks/{id}/retry": async (users) => ({
    ...withId(await makeTask(users, "dead")),
    body: { reason: "the mail server is back" },
  }),
  "POST /api/admin/tasks/{id}/cancel": async (users) => ({
    ...withId(await makeTask(users)),
    body: { reason: "sent by hand" },
  }),
  "GET /api/admin/tasks/redrive": () => ({ query: `?error=${newId()}` }),
  "POST /api/admin/tasks/redrive": () => ({ body: { error: newId(), reason: "fixed" } }),
  "POST /api/admin/tasks/cancel": () => ({ body: { error: newId(), reason: "done by hand" } }),
  // A queue whose tasks no other test waits for.
  "POST /api/admin/queues/{queue}/pause": () => ({
    params: { queue: "bot-tidying" },
    body: { reason: "a test" },
  }),
  "POST /api/admin/queues/{queue}/resume": () => ({
    params: { queue: "bot-tidying" },
    body: { reason: "a test" },
  }),
  "GET /api/tasks/{id}": async (users) => withId(await makeTask(users)),
  "DELETE /api/tasks/{id}": async (users) => withId(await makeTask(users)),
  "POST /api/tasks/{id}/replay": async (users) => withId(await makeTask(users, "dead")),
  "POST /api/webhooks/telegram/{botId}": () => ({ params: { botId: newId() }, body: { update_id: 1 } }),
  "POST /api/bot/links": async (users) => {
    await makeBot(users);
    return {};
  },
  "DELETE /api/bot/links/{id}": async (users) => withId(await makeBotLink(users)),
  "POST /api/bot/links/confirm": async (users) => ({ body: { code: await makeBotCode(users) } }),
  "POST /api/bots": () => ({ body: { token: newToken(), name: "A new bot" } }),
  "GET /api/bots/numbers": async (users) => ({ query: `?botIds=${await makeArtistBot(users)}` }),
  "GET /api/bots/{botId}": botInput,
  "PATCH /api/bots/{botId}": async (users) => ({ ...(await botInput(users)), body: { state: "paused" } }),
  "DELETE /api/bots/{botId}": botInput,
  "POST /api/bots/{botId}/webhook": botInput,
  "GET /api/bots/{botId}/workflows": botInput,
  "POST /api/bots/{botId}/workflows": async (users) => ({
    ...(await botInput(users)),
    body: { key: "poll" },
  }),
  "GET /api/bots/{botId}/workflows/{key}": workflowInput,
  "DELETE /api/bots/{botId}/workflows/{key}": async (users) => {
    const [botId, key] = [await makeArtistBot(users), "unpublished"];
    await db().botWorkflow.create({ data: { id: newId(), projectId: botId, key } });
    return { params: { botId, key } };
  },
  "GET /api/bots/{botId}/workflows/{key}/versions/{number}": async (users) => {
    const { params } = await workflowInput(users);
    return { params: { ...params, number: "1" } };
  },
  "PUT /api/bots/{botId}/workflows/{key}/draft": async (users) => ({
    ...(await workflowInput(users)),
    body: { definition: questionDefinition, command: "ask", baseNumber: 1, revision: 1 },
  }),
  "DELETE /api/bots/{botId}/workflows/{key}/draft": async (users) => ({
    ...(await workflowInput(users)),
    query: "?revision=1",
  }),
  "POST /api/bots/{botId}/workflows/{key}/validate": async (users) => ({
    ...(await workflowInput(users)),
    body: {},
  }),
  "POST /api/bots/{botId}/workflows/{key}/publish": async (users) => ({
    ...(await workflowInput(users)),
    body: { revision: 1, expectedNumber: 1 },
  }),
  "POST /api/bots/{botId}/workflows/{key}/rollback": async (users) => ({
    ...(await workflowInput(users)),
    body: { number: 1, expectedNumber: 1 },
  }),
  "POST /api/bots/{botId}/workflows/{key}/test": async (users) => {
    const { botId, key, personId } = await makeExecution(users);
    return { params: { botId, key }, body: { revision: 1, personId } };
  },
  "GET /api/bots/{botId}/export": botInput,
  "POST /api/bots/{botId}/import": async (users) => {
    const workflows = [{ key: "poll", command: "poll", definition: questionDefinition }];
    return {
      ...(await botInput(users)),
      body: { document: { format: "normaldance-bot", version: 1, workflows } },
    };
  },
  "GET /api/bots/{botId}/executions": async (users) => {
    const { botId } = await makeExecution(users);
    return { params: { botId } };
  },
  "GET /api/bots/{botId}/executions/{id}": executionInput,
  "POST /api/bots/{botId}/executions/{id}/resume": async (users) => ({
    ...(await executionInput(users)),
    body: executionAction,
  }),
  "POST /api/bots/{botId}/executions/{id}/cancel": async (users) => ({
    ...(await executionInput(users)),
    body: executionAction,
  }),
  "POST /api/bots/{botId}/executions/{id}/move": async (users) => ({
    ...(await executionInput(users)),
    body: { ...executionAction, versionNumber: 1 },
  }),
  "POST /api/webhooks/payments": () => ({ body: { id: "evt_1", type: "charge.refunded", data: {} } }),
  "DELETE /api/me": () => ({ body: { password: TEST_PASSWORD } }),
  "PATCH /api/me": () => ({ body: { name: "Another name", handle: `h-${newId().slice(-8)}` } }),
  "PATCH /api/me/preferences": () => ({ body: { notifications: { bonus: "off" } } }),
  "POST /api/me/password": () => ({
    body: { currentPassword: TEST_PASSWORD, newPassword: "eight white herons" },
  }),
  "POST /api/me/email": () => ({ body: { email: newEmail() } }),
  "POST /api/auth/forgot-password": (users, caller) => ({
    body: { email: callerOrListener(users, caller).email },
  }),
  "POST /api/admin/caches/clear": () => ({ body: { namespace: "posts", reason: "a test" } }),
  "POST /api/admin/caches/invalidate": () => ({ body: { tag: "feed", reason: "a test" } }),
  "POST /api/admin/limits/lift": (users) => ({ body: { personId: users.other.userId, reason: "a test" } }),
  "GET /api/admin/people/{id}": (users) => withId(users.other.userId),
  "POST /api/admin/people/{id}/block": async () => ({
    ...withId((await createTestUser()).userId),
    ...REASON,
  }),
  "POST /api/admin/people/{id}/sessions/end": async () => ({
    ...withId((await createTestUser()).userId),
    ...REASON,
  }),
  "POST /api/admin/people/{id}/unblock": (users) => ({ ...withId(users.other.userId), ...REASON }),
  "POST /api/admin/presence/clear": () => REASON,
  "POST /api/admin/redis/backup": () => REASON,
  "GET /api/admin/redis/key": () => ({ query: "?key=posts:views:dirty" }),
  "POST /api/admin/redis/key/delete": () => ({ body: { key: "stranger", reason: "a test" } }),
  "POST /api/admin/redis/key/expire": () => ({ body: { key: "stranger", ttlSeconds: 60, reason: "a test" } }),
  "POST /api/admin/redis/kinds/delete": () => ({ body: { kind: "probe", reason: "a test" } }),
  "POST /api/admin/sessions/clear": () => REASON,
  "POST /api/admin/views/sync": () => REASON,
  "POST /api/admin/views/recount": async (users) => ({
    body: { postId: await makePost(users), reason: "a test" },
  }),
  "POST /api/admin/people/{id}/role": (users) => ({
    ...withId(users.other.userId),
    body: { role: "artist", reason: "asked" },
  }),
};
