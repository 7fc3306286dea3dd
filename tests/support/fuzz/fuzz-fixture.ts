import { makeExecution } from "@/tests/support/factories/artist-bots";
import { startTestSession } from "@/tests/support/factories/sessions";
import {
  createTestUsers,
  makeAlert,
  makeChat,
  makeDelivery,
  makeFile,
  makeLinkToken,
  makeNotification,
  makeOrder,
  makePost,
  makeProduct,
  makeTask,
} from "@/tests/support/factories/test-users";

export const FUZZ_CALLERS = [
  "anonymous",
  "listener",
  "other",
  "artist",
  "admin",
  "forged",
  "signature",
] as const;

/**
 * `forged`: a token with an invalid signature. `signature`: no user, but the signature that the route requires of a
 * machine.
 */
export type FuzzCaller = (typeof FUZZ_CALLERS)[number];

/** Users and one row of everything, which the placeholders stand for. */
export async function createFuzzFixture() {
  const users = await createTestUsers();
  const ticket = await makeDelivery(users, "ticket");
  const download = await makeDelivery(users, "track");
  const [listener, other, artist, admin] = await Promise.all(
    [users.listener, users.other, users.artist, users.admin].map(startTestSession),
  );
  const { session, refreshToken } = await startTestSession(users.listener);
  const chat = await makeChat(users);
  const { botId, executionId, personId } = await makeExecution(users);
  const known = {
    ...{ bot: botId, execution: executionId, botPerson: personId },
    chat: chat.id,
    openChat: (await makeChat(users, true)).id,
    chatMessage: chat.messageId,
    order: await makeOrder(users),
    post: await makePost(users),
    product: await makeProduct(users),
    code: ticket.code,
    delivery: download.id,
    downloadCode: download.code,
    task: await makeTask(users),
    deadTask: await makeTask(users, "dead"),
    alert: await makeAlert(),
    notification: await makeNotification(users),
    file: await makeFile(users),
    session: session.id,
    refresh: refreshToken,
    listener: users.listener.userId,
    other: users.other.userId,
    artist: users.artist.userId,
    unknown: "01890000-0000-7000-8000-000000000000",
    email: users.listener.email,
    otherEmail: users.other.email,
    confirmLink: await makeLinkToken(users, "confirm_address"),
    resetLink: await makeLinkToken(users, "reset_password"),
  };
  const tokens = { listener, other, artist, admin };
  return {
    known,
    tokenOf: (caller: FuzzCaller) => {
      if (caller === "forged") return `${tokens.listener?.accessToken.slice(0, -4)}AAAA`;
      return caller === "anonymous" || caller === "signature" ? undefined : tokens[caller]?.accessToken;
    },
  };
}

export type FuzzFixture = Awaited<ReturnType<typeof createFuzzFixture>>;
