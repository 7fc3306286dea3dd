import { addEntry } from "@/lib/bonuses/ledger";
import { newLinkCode } from "@/lib/bot/link-code";
import { newId } from "@/lib/core/ids";
import { type SignedIdPurpose, signId } from "@/lib/core/signed-id";
import { db, transaction } from "@/lib/db";
import { storeFile } from "@/lib/media";
import { changeAccount } from "@/lib/sessions";
import { createTestUser, type TestUser } from "./accounts";
import { createTestOrder } from "./orders";
import { createTestPost } from "./people";

/**
 * The users of access tests. Everything created below belongs to `listener`, products to `artist`; `other` is a
 * listener without access to any of it.
 */
export interface TestUsers {
  listener: TestUser;
  other: TestUser;
  artist: TestUser;
  admin: TestUser;
}

export async function createTestUsers(): Promise<TestUsers> {
  const [listener, other, artist, admin] = await Promise.all(
    (["listener", "listener", "artist", "admin"] as const).map((role) => createTestUser(role)),
  );
  if (!listener || !other || !artist || !admin) throw new Error("a test user is missing");
  return { listener, other, artist, admin };
}

/** Each maker inserts one row as `lib` would leave it, and returns what a route needs to address it. */

export const makePost = ({ artist }: TestUsers) => createTestPost(artist);

export async function makeProduct({ artist }: TestUsers): Promise<string> {
  const id = newId();
  await db().product.create({
    data: {
      ...{ id, kind: "track", title: "A track", description: "", priceMinor: 500, currency: "EUR" },
      ...{ sellerId: artist.userId, assetUrl: "https://files.example/track.flac" },
    },
  });
  return id;
}

/** An order paid by the listener, with the provider's payment id. */
export async function makeOrder({ listener, artist }: TestUsers): Promise<string> {
  const id = await createTestOrder({ buyer: listener, seller: artist, amountMinor: 500, currency: "EUR" });
  await db().order.update({ where: { id }, data: { paymentIntentId: `pi_${id}` } });
  return id;
}

/** A delivery: a ticket's code or a download's id. */
export async function makeDelivery(users: TestUsers, kind: "track" | "ticket") {
  const orderId = await makeOrder(users);
  if (kind === "track")
    await db().order.update({ where: { id: orderId }, data: { kind, productId: await makeProduct(users) } });
  const code = newId().replaceAll("-", "").toUpperCase();
  return db().delivery.create({
    data: { id: newId(), orderId, kind, unit: 1, code },
    select: { id: true, code: true },
  });
}

/** A delayed mail: its queue allows cancelling it. */
export async function makeTask(
  { listener }: Pick<TestUsers, "listener">,
  state: "pending" | "dead" = "pending",
): Promise<string> {
  const id = newId();
  const later = new Date(Date.now() + 3_600_000);
  await db().task.create({
    data: {
      ...{ id, queue: "emails", key: id, version: 1, state, ownerId: listener.userId },
      payload: { to: { userId: listener.userId }, locale: "en", template: "plain", props: {} },
      ...{ notBefore: later, dueAt: later, deadlineAt: later },
    },
  });
  return id;
}

export async function makeAlert(): Promise<string> {
  const id = newId();
  await db().alert.create({ data: { id, kind: "task_dead", subject: id, message: "A task is dead" } });
  return id;
}

/** A file with its bytes in the store. */
export async function makeFile({ listener }: Pick<TestUsers, "listener">): Promise<string> {
  const bytes = new TextEncoder().encode("A text");
  return (await storeFile(listener, { name: "a.txt", declaredType: "text/plain", bytes })).id;
}

/** A cover that is under way. Its bytes are announced as more than have arrived, so reporting it refuses it. */
export async function makeUpload({ listener }: Pick<TestUsers, "listener">): Promise<string> {
  const id = await makeFile({ listener });
  await db().mediaFile.update({
    where: { id },
    data: { purpose: "cover", status: "uploading", bytes: 1_000 },
  });
  return id;
}

export async function makeReport(users: TestUsers): Promise<string> {
  const id = newId();
  const about = { target: "post", targetId: await makePost(users) } as const;
  await db().report.create({
    data: { id, reporterId: users.listener.userId, ...about, reason: "spam", text: "" },
  });
  return id;
}

export async function makeNotification({ listener }: TestUsers): Promise<string> {
  const id = newId();
  await db().notification.create({
    data: { id, userId: listener.userId, kind: "general", title: "Hello", message: "There", key: id },
  });
  return id;
}

/** @param amount  hundredths of a bonus */
export async function makeBonus({ listener }: TestUsers, amount: number): Promise<void> {
  await transaction((tx) =>
    addEntry(tx, { userId: listener.userId, kind: "granted", amount, key: `granted:${newId()}` }),
  );
}

/** The token of a link that was mailed to the listener. */
export async function makeLinkToken(
  { listener }: Pick<TestUsers, "listener">,
  kind: SignedIdPurpose,
): Promise<string> {
  const id = newId();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await db().accountLink.create({
    data: { id, userId: listener.userId, kind, email: listener.email, expiresAt },
  });
  return signId(kind, id);
}

/** Marks the user's address as unconfirmed. */
export async function unconfirm({ userId }: TestUser): Promise<void> {
  await changeAccount(userId, (tx) => tx.user.update({ where: { id: userId }, data: { confirmedAt: null } }));
}

/** A group of the listener and the artist with one message of the listener; `other` is not a member. */
export async function makeChat({ listener, artist }: TestUsers, open = false) {
  const id = newId();
  const messageId = newId();
  await db().chat.create({
    data: {
      ...{ id, kind: "group", title: "A group", open, lastSeq: 1, revision: 1, lastMessageAt: new Date() },
      members: {
        create: [
          { userId: listener.userId, role: "owner", readSeq: 1 },
          { userId: artist.userId, joinedAt: new Date(Date.now() + 1) },
        ],
      },
      messages: {
        create: {
          ...{ id: messageId, seq: 1, revision: 1, clientId: newId(), authorId: listener.userId },
          text: "Hello",
        },
      },
    },
    select: { id: true },
  });
  return { id, messageId };
}

const newTelegramId = () => BigInt(Math.floor(Math.random() * 10 ** 15));

/** A bot of the administrator, which Telegram does not know. */
export async function makeBot({ admin }: Pick<TestUsers, "admin">): Promise<string> {
  const id = newId();
  await db().botProject.create({
    data: {
      ...{ id, ownerId: admin.userId, name: "A bot", username: "a_bot", telegramId: newTelegramId() },
      ...{ encryptedToken: "", isAdministrators: true },
    },
  });
  return id;
}

/** A Telegram user in a bot who acts for the account, or for none. */
export async function makeBotPerson(users: Pick<TestUsers, "admin">, userId: string | null) {
  const [id, projectId] = [newId(), await makeBot(users)];
  const person = { id, projectId, userId, name: "Tess", language: "en", telegramId: newTelegramId() };
  await db().botPerson.create({ data: person });
  return person;
}

/** The listener's link with a Telegram user. */
export async function makeBotLink(users: TestUsers): Promise<string> {
  return (await makeBotPerson(users, users.listener.userId)).id;
}

/** A code that a Telegram user got in a bot. */
export async function makeBotCode(users: TestUsers): Promise<string> {
  const { id: personId, projectId } = await makeBotPerson(users, null);
  const { code, row } = newLinkCode({ siteUrl: "", nowMs: Date.now() });
  await db().botLinkCode.create({
    data: { ...row, projectId, personId, expiresAt: new Date(row.expiresAt) },
  });
  return code;
}
