import { signInAs } from "@/tests/support/factories/sessions";
import {
  createWorld,
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

export const CALLERS = ["nobody", "listener", "other", "artist", "admin", "forged", "signature"] as const;

/** `forged`: a token that nobody signed. `signature`: no person, but what the route wants of a machine. */
export type FuzzCaller = (typeof CALLERS)[number];

/** People, and one of everything: what the placeholders stand for. */
export async function createPlace() {
  const world = await createWorld();
  const ticket = await makeDelivery(world, "ticket");
  const download = await makeDelivery(world, "track");
  const [listener, other, artist, admin] = await Promise.all(
    [world.listener, world.other, world.artist, world.admin].map(signInAs),
  );
  const { session, refreshToken } = await signInAs(world.listener);
  const chat = await makeChat(world);
  const known = {
    chat: chat.id,
    openChat: (await makeChat(world, true)).id,
    chatMessage: chat.messageId,
    order: await makeOrder(world),
    post: await makePost(world),
    product: await makeProduct(world),
    code: ticket.code,
    delivery: download.id,
    downloadCode: download.code,
    task: await makeTask(world),
    deadTask: await makeTask(world, "dead"),
    alert: await makeAlert(),
    notification: await makeNotification(world),
    file: await makeFile(world),
    session: session.id,
    refresh: refreshToken,
    listener: world.listener.userId,
    other: world.other.userId,
    artist: world.artist.userId,
    nobody: "01890000-0000-7000-8000-000000000000",
    email: world.listener.email,
    otherEmail: world.other.email,
    confirmLink: await makeLinkToken(world, "confirm_address"),
    resetLink: await makeLinkToken(world, "reset_password"),
  };
  const tokens = { listener, other, artist, admin };
  return {
    known,
    tokenOf: (who: FuzzCaller) => {
      if (who === "forged") return `${tokens.listener?.accessToken.slice(0, -4)}AAAA`;
      return who === "nobody" || who === "signature" ? undefined : tokens[who]?.accessToken;
    },
  };
}

export type Place = Awaited<ReturnType<typeof createPlace>>;
