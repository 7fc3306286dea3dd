import { changeProfile } from "@/lib/accounts";
import { recordAudit } from "@/lib/audit";
import { addEntry } from "@/lib/bonuses/ledger";
import { createChat, leaveChat, setReaction } from "@/lib/chat";
import type { Caller } from "@/lib/core/access-token";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { syncRankedSale } from "@/lib/leaderboards/ranked-sale";
import { syncSellerSums } from "@/lib/leaderboards/sync-seller-sums";
import { storeFile } from "@/lib/media";
import { dayFolder } from "@/lib/media/pathname";
import { changePreferences } from "@/lib/notifications";
import { createPost } from "@/lib/posts";
import { setOnline } from "@/lib/presence";
import { putBlob } from "@/lib/storage";
import { backgroundTaskService, enqueue } from "@/lib/tasks";
import { recordPlay, recordViews, syncViews } from "@/lib/views";
import { createTestUser, type TestUser } from "./accounts";
import { createGroup, readMessages, sendTestMessage } from "./chat-tools";
import { newWallet } from "./minting";
import { createTestOrder } from "./orders";
import { createPerson, createTestPost } from "./people";
import { startTestSession } from "./sessions";

/** A user whose address and name are unique, so that any text can be searched for them. */
export function createNamedUser(role: Caller["role"] = "artist"): Promise<TestUser> {
  return createTestUser(role, { email: `${newId()}@gone.example`, name: `Gone ${newId()}`, locale: "en" });
}

/** A currency that no other test uses. */
export function newCurrency(): string {
  return newId()
    .slice(-3)
    .replace(/./g, (digit) => "ABCDEFGHIJKLMNOP"[Number.parseInt(digit, 16)] ?? "");
}

/** Creates an account with one row of every kind. No payment or refund is pending. */
export async function createFullAccount(currency = newCurrency()) {
  const person = await createNamedUser();
  const { userId } = person;
  const [viewer, buyer, seller, referrer, friend] = await Promise.all([
    createPerson(),
    createPerson(),
    createPerson("artist"),
    createPerson(),
    createPerson(),
  ]);
  await startTestSession(person);
  await db().user.update({ where: { id: userId }, data: { referredById: referrer.userId } });
  await db().user.update({ where: { id: friend.userId }, data: { referredById: userId } });
  await db().user.update({
    where: { id: userId },
    data: {
      bio: `${person.name} plays at night`,
      links: [{ url: `https://${newId()}.example`, label: person.name }],
      pictureFileId: await createPicture(person),
    },
    select: { id: true },
  });
  await db().accountLink.create({
    data: {
      ...{ id: newId(), userId, kind: "reset_password", email: person.email },
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });

  // The first one is posted, the second one sold.
  const [postedSound, soldSound] = [await createSound(person), await createSound(person)];
  const post = await createPost(person, {
    title: "My track",
    text: "Words",
    tags: ["mine"],
    audioFileId: postedSound,
    coverFileId: null,
  });
  const mint = await db().mint.create({
    data: {
      ...{ id: newId(), postId: post.id, userId, state: "confirmed", chainId: 1, proofNonce: newId() },
      ...{ ownerAddress: newWallet().address, contract: newWallet().address },
      metadataUrl: `https://files.example/tokens/${newId()}.json`,
    },
    select: { id: true },
  });
  await createBotRows(person, referrer.userId);
  await recordViews(viewer.seq, [post.id]);
  const [seenPost, lastSeenPost] = await Promise.all([createTestPost(seller), createTestPost(seller)]);
  await recordViews(person.seq, [seenPost]);
  await recordViews(viewer.seq, [seenPost]);
  for (const listener of [person, viewer]) await recordPlay(listener.seq, seenPost);
  await syncViews({ source: "script" });

  const product = (title: string, owner: Caller) =>
    db().product.create({
      data: {
        ...{ id: newId(), sellerId: owner.userId, kind: "track", title, description: "" },
        ...{ priceMinor: 900, currency, assetUrl: `https://files.example/${newId()}.flac` },
      },
    });
  const [sold, unsold, foreign] = await Promise.all([
    product("Sold", person),
    product("Unsold", person),
    product("Theirs", seller),
  ]);
  await db().product.update({
    where: { id: sold.id },
    data: { assetUrl: null, audioFileId: soldSound },
    select: { id: true },
  });
  const order = async (from: Caller, to: Caller, productId: string) => {
    const id = await createTestOrder({ buyer: to, seller: from, amountMinor: 900, currency });
    await db().order.update({
      where: { id },
      data: { kind: "track", productId, deliveredAt: new Date(), paymentIntentId: `pi_${id}` },
    });
    const delivery = await db().delivery.create({
      data: { id: newId(), orderId: id, kind: "track", unit: 1, code: newId().toUpperCase() },
    });
    const sale = await syncRankedSale(id);
    if (sale) await syncSellerSums(sale);
    return { id, delivery };
  };
  const sale = await order(person, buyer, sold.id);
  const purchase = await order(seller, person, foreign.id);

  await transaction((tx) =>
    addEntry(tx, { userId, kind: "granted", amount: 500, key: `granted:${newId()}`, note: "Welcome" }),
  );
  await db().notification.create({
    data: { id: newId(), userId, kind: "general", title: "Hello", message: "There", key: newId() },
  });
  await changeProfile(person, { handle: `full-${newId().slice(-12)}` });
  await changePreferences(person, { hidesPresence: false, notifications: { bonus: "quiet" } });
  await setOnline(userId, newId());
  const file = await storeFile(person, {
    ...{ name: `${newId()}.txt`, declaredType: "text/plain" },
    bytes: new TextEncoder().encode("What was said"),
  });
  await db().analyticsEvent.create({
    data: { id: newId(), userId, name: "played", properties: { loud: true }, at: new Date() },
  });
  const pending = await backgroundTaskService.sendNotification(userId, "Soon", "More", { ownerId: userId });
  const mail = await backgroundTaskService.sendEmail(person.email, "Hello", `Dear ${person.name}`, {
    delaySeconds: 3_600,
  });
  const dead = await backgroundTaskService.sendNotification(userId, "Late", "Lost", { delaySeconds: 3_600 });
  await db().task.update({ where: { id: dead }, data: { state: "dead", finishedAt: new Date() } });
  await db().alert.create({ data: { id: newId(), kind: "task_dead", subject: dead, message: "dead" } });
  const started = await transaction((tx) =>
    enqueue(
      tx,
      "leaderboards",
      { orderId: purchase.id },
      { key: newId(), ownerId: userId, subject: `order:${purchase.id}` },
    ),
  );
  // A group of the user's, a direct chat and a group that the user left, with every kind of message content.
  const group = await createGroup([person, viewer, buyer]);
  const directChat = (await createChat(person, { kind: "direct", userId: seller.userId })).chat.id;
  const leftGroup = await createGroup([buyer, person]);
  const message = (await sendTestMessage(person, group, `My words, @[${viewer.name}](${viewer.userId})`))
    .message;
  await sendTestMessage(person, directChat, "Words for two");
  await sendTestMessage(person, leftGroup, "Parting words");
  const reply = (
    await sendTestMessage(viewer, group, `Oh, @[${person.name}](${userId}) said so`, {
      replyToId: message.id,
    })
  ).message;
  await setReaction(person, group, reply.id, { emoji: "🔥", on: true });
  await setReaction(buyer, group, message.id, { emoji: "👍", on: true });
  await leaveChat(person, leftGroup);
  await createBlocks(person, buyer, referrer);
  await db().report.create({
    data: {
      ...{ id: newId(), reporterId: userId, target: "message", targetId: reply.id, reason: "other" },
      text: `Says that ${person.name} said so`,
    },
  });
  await db().report.create({
    data: {
      ...{ id: newId(), reporterId: viewer.userId, target: "message", targetId: message.id, reason: "abuse" },
      ...{ text: "", reportedAuthorId: userId, reportedTitle: person.name, reportedText: "Words for two" },
    },
  });
  for (const chatId of [group, directChat]) await readMessages(person, chatId);
  // Notifications to other users that name this user.
  for (const [reader, kind, data] of [
    [
      viewer,
      "mention",
      { chatId: group, messageId: message.id, chatTitle: null, authorId: userId, authorName: person.name },
    ],
    [buyer, "chat_invite", { chatId: group, chatTitle: null, byId: userId, byName: person.name }],
  ] as const) {
    await db().notification.create({
      data: { id: newId(), userId: reader.userId, kind, data, key: newId() },
    });
  }
  const browser = `Browser ${newId()}`;
  const client = { ip: "203.0.113.9", userAgent: browser };
  await recordAudit(db(), { action: "name_changed", actorId: userId, subject: `user:${userId}`, client });
  await recordAudit(db(), { action: "sign_in_failed", actorId: null, subject: `user:${userId}`, client });
  const administrator = await createPerson("admin");
  await recordAudit(db(), {
    action: "role_changed",
    actorId: administrator.userId,
    subject: `user:${userId}`,
    client: { ip: "198.51.100.7", userAgent: "An administrator's" },
    data: { role: "artist" },
  });
  return {
    person,
    browser,
    others: { viewer, buyer, seller, referrer, friend, administrator },
    mint: mint.id,
    posts: { own: post.id, seen: seenPost, lastSeen: lastSeenPost },
    products: { sold: sold.id, unsold: unsold.id },
    orders: { sale, purchase, currency },
    file,
    sounds: { posted: postedSound, sold: soldSound },
    tasks: { pending, mail, dead, started: started.id },
    chats: { group, directChat, leftGroup, message: message.id, reply: reply.id },
  };
}

/** A sound that is ready, with tags that name its owner. @returns its id */
async function createSound(owner: Caller & { name: string }): Promise<string> {
  const id = newId();
  // Of the older folders the tidy looks at one a day, which tests of it expect to be theirs.
  const pathname = `${dayFolder(new Date())}${id}`;
  await putBlob(pathname, new TextEncoder().encode("0123456789"), "audio/wav");
  await db().mediaFile.create({
    data: {
      ...{ id, ownerId: owner.userId, name: `${owner.name}.wav`, type: "audio/wav", bytes: 10 },
      ...{ pathname, purpose: "audio", status: "ready" },
      track: { create: { status: "ready", title: `Song of ${owner.name}`, artist: owner.name } },
    },
  });
  return id;
}

async function createPicture(owner: Caller & { name: string }): Promise<string> {
  const id = newId();
  const pathname = `${dayFolder(new Date())}${id}`;
  await putBlob(pathname, new TextEncoder().encode("0123456789"), "image/png");
  await db().mediaFile.create({
    data: {
      ...{ id, ownerId: owner.userId, name: `${owner.name}.png`, type: "image/png", bytes: 10 },
      ...{ pathname, purpose: "cover", status: "ready" },
    },
  });
  return id;
}

/** A bot of the user, and a Telegram user who acts for them in another's bot. */
async function createBotRows(person: TestUser, otherOwnerId: string): Promise<void> {
  const bot = (ownerId: string, name: string) => ({
    ...{ id: newId(), ownerId, name, username: "a_bot", encryptedToken: "" },
    telegramId: BigInt(Math.floor(Math.random() * 10 ** 15)),
  });
  const { id: ownId } = await db().botProject.create({ data: bot(person.userId, "A bot") });
  const draft = { create: { definition: { text: "Words" }, command: "words" } };
  await db().botWorkflow.create({ data: { id: newId(), projectId: ownId, key: "words", draft } });
  const { id: projectId } = await db().botProject.create({ data: bot(otherOwnerId, "A bot") });
  const [personId, workflowId, versionId, executionId] = [newId(), newId(), newId(), newId()];
  const { userId } = person;
  const text = "Words";
  await db().botPerson.create({
    data: {
      id: personId,
      projectId,
      userId,
      name: text,
      language: "en",
      telegramId: 5n,
      linkedAt: new Date(),
    },
  });
  await db().botWorkflow.create({ data: { id: workflowId, projectId, key: "start" } });
  await db().botWorkflowVersion.create({ data: { id: versionId, workflowId, number: 1, definition: {} } });
  await db().botExecution.create({
    data: {
      ...{ id: executionId, projectId, personId, workflowId, versionId, state: "waiting", nodeId: "ask" },
      ...{ frames: [], variables: { address: text }, stepNo: 1 },
      steps: { create: { no: 1, versionId, nodeId: "ask", kind: "question", input: { text } } },
    },
  });
  await db().botMessage.create({
    data: {
      ...{ id: newId(), personId, executionId, stepNo: 1, revision: 1, part: 0, state: "sent" },
      ...{ method: "sendMessage", payload: { text: `Hello ${text}` } },
    },
  });
  const expiresAt = new Date(Date.now() + 60_000);
  await db().botLinkCode.create({ data: { id: newId(), hash: newId(), projectId, userId, expiresAt } });
}

/** The first has blocked the second, and the third the first. */
async function createBlocks(person: Caller, blocked: Caller, blocker: Caller): Promise<void> {
  await db().personBlock.createMany({
    data: [
      { blockerId: person.userId, blockedId: blocked.userId },
      { blockerId: blocker.userId, blockedId: person.userId },
    ],
  });
}
