import type { SectionName } from "./export-schema";

/**
 * Personal data in the database, and how export and deletion treat it: one entry per model, one line per column that
 * references a user or describes one. One test compares this with prisma/schema.prisma, another searches a whole
 * database after a deletion. When you add a model or such a column, add it here.
 */

interface PersonalColumn {
  /** The section of the export that contains it; null: not exported, `note` says why. */
  exported: string | null;
  /**
   * `deleted` with the account; `unnamed`: the row stays, the column is set to null or emptied; `kept` unchanged;
   * `none`: not personal data.
   */
  deletion: "deleted" | "unnamed" | "kept" | "none";
  note?: string;
}

interface ModelInventory {
  /** What happens to the rows; omitted for a model without personal data. */
  rows?: string;
  /** The section of the export that has a record for each row, if no other table is part of it. */
  section?: {
    name: SectionName;
    /** The column with the user's id. */
    owner: string;
    /** The column that orders the user's rows; `id` by default. */
    key?: string;
  };
  columns: Readonly<Record<string, PersonalColumn>>;
}

const deleted = (exported: string | null, note?: string): PersonalColumn => ({
  exported,
  deletion: "deleted",
  ...(note ? { note } : {}),
});
const unnamed = (exported: string | null, note?: string): PersonalColumn => ({
  exported,
  deletion: "unnamed",
  ...(note ? { note } : {}),
});
const kept = (exported: string | null, note: string): PersonalColumn => ({
  exported,
  deletion: "kept",
  note,
});
const none = (note: string): PersonalColumn => ({ exported: null, deletion: "none", note });

export const inventory: Readonly<Record<string, ModelInventory>> = {
  User: {
    rows: "emptied at the request; deleted when all rows that refer to it are erased",
    columns: {
      id: deleted("profile"),
      seq: deleted("profile"),
      email: deleted("profile"),
      name: deleted("profile"),
      handle: deleted("profile", "free for others at once"),
      passwordHash: deleted(null, "a secret, which the exported file must not contain"),
      role: deleted("profile"),
      bio: deleted("profile"),
      links: deleted("profile"),
      pictureFileId: deleted("profile", "a file in `files`"),
      referralCode: deleted("referrals"),
      referredById: unnamed("referrals", "in the rows of the referred users"),
      locale: deleted("profile"),
      confirmedAt: deleted("profile"),
      hidesPresence: deleted("profile"),
      contactPolicy: deleted("profile"),
      deletedAt: deleted(null, "set only while the account is being erased and cannot be exported"),
      blockedAt: deleted(null, "set only while the account cannot be signed in to, nor exported"),
    },
  },
  FormerHandle: {
    rows: "deleted at the request, free for others at once",
    columns: {
      handle: deleted("profile"),
      userId: deleted("profile"),
      changedAt: deleted(null, "orders them"),
    },
  },
  Session: {
    rows: "deleted; its copies in Redis too",
    section: { name: "sessions", owner: "userId" },
    columns: {
      userId: deleted("sessions"),
      tokenHash: deleted(null, "a secret"),
      authenticatedAt: deleted("sessions"),
      lastSeenAt: deleted("sessions"),
      ip: deleted("sessions"),
      userAgent: deleted("sessions"),
      place: deleted("sessions"),
    },
  },
  SessionGeneration: {
    rows: "kept, so that revoked sessions stay revoked",
    columns: { userId: kept(null, "the id of a deleted account, with a number") },
  },
  RevokedToken: {
    columns: { hash: none("the hash of a token, deleted when the token has expired") },
  },
  AccountLink: {
    rows: "deleted",
    section: { name: "links", owner: "userId" },
    columns: { userId: deleted("links"), email: deleted("links") },
  },
  AuditEntry: {
    rows: "kept, with the id alone",
    columns: {
      actorId: kept("audit", "the id alone"),
      subject: kept("audit", "the id alone"),
      ip: unnamed("audit"),
      userAgent: unnamed("audit"),
      requestId: kept(null, "refers to log lines, which are not kept for long"),
      data: kept("audit", "ids, numbers and fixed strings (lib/audit)"),
    },
  },
  Post: {
    rows: "deleted, with their views and plays",
    section: { name: "posts", owner: "authorId" },
    columns: {
      authorId: deleted("posts"),
      title: deleted("posts"),
      text: deleted("posts"),
      tags: deleted("posts"),
    },
  },
  PostSearch: {
    rows: "deleted with the post, by a trigger",
    columns: { words: deleted(null, "the post's title, which the export has") },
  },
  PostTag: {
    rows: "likewise",
    columns: { postId: deleted(null, "the post's"), tag: deleted(null, "a tag of the post") },
  },
  ProductSearch: {
    rows: "deleted when the product is no longer for sale",
    columns: { words: deleted(null, "the product's title, which the export has") },
  },
  PersonSearch: {
    rows: "deleted at the request",
    columns: { words: deleted(null, "the name, which the export has") },
  },
  PostView: {
    rows: "kept without the viewer, so that counts do not decrease; deleted with the post",
    columns: { viewerSeq: unnamed("views") },
  },
  PostPlay: {
    rows: "kept without the listener, as views; deleted with the post",
    columns: { listenerSeq: unnamed("plays") },
  },
  CacheInvalidation: {
    columns: {
      members: none("cache keys, until Redis has the invalidation"),
      tags: none("cache tags, likewise"),
    },
  },
  Task: {
    rows: "tasks for the user alone are cancelled; the rest continue without an owner",
    section: { name: "tasks", owner: "ownerId" },
    columns: {
      ownerId: unnamed("tasks"),
      payload: unnamed(
        null,
        "mails and notifications have none once they are done, or dead for a month; other tasks have ids of objects, those of mints the token's address too; they are emptied with mints that are deleted",
      ),
      subject: kept("tasks", "the id of an order, a post or a file"),
      progress: none("numbers"),
      error: kept(null, "for operators; removed from cancelled tasks"),
      failures: kept(
        null,
        "errors of attempts, for operators; removed likewise, and from done mails and notifications",
      ),
      key: kept(null, "ids of deleted rows"),
      trace: none("a request's trace id"),
      requestId: none("a request's id"),
      messageId: none("the queue's message id"),
    },
  },
  QueuePause: { columns: { reason: none("an operator's words about a queue") } },
  MetricRollup: {
    columns: { counts: none("numbers by route, queue and command") },
  },
  MetricBatch: { columns: {} },
  Alert: {
    columns: { subject: none("an order or a task"), message: none("for operators; no personal data") },
  },
  Product: {
    rows: "deleted; products that were ordered stay for their buyers, archived",
    section: { name: "products", owner: "sellerId" },
    columns: {
      sellerId: unnamed("products"),
      title: kept("products", "buyers must see what they bought"),
      description: kept("products", "likewise"),
      assetUrl: kept("products", "the buyers' downloads use it"),
    },
  },
  Order: {
    rows: "kept for the other party and for accounting; all are settled by then",
    columns: {
      buyerId: unnamed("purchases"),
      sellerId: unnamed("sales"),
      title: kept("purchases", "the product's"),
      locale: kept(null, "the language of the mails about the order"),
      clientKey: kept(null, "random"),
      sessionId: kept(null, "the provider's id of the checkout"),
      paymentIntentId: kept("purchases", "the provider's id of the payment; refunds need it"),
      checkoutUrl: none("removed once the order is paid or has failed"),
    },
  },
  PaymentEvent: { columns: { orderId: none("the order's") } },
  Refund: { columns: { paymentIntentId: none("the order's") } },
  Delivery: {
    rows: "kept with its order",
    columns: {
      orderId: kept("purchases", "the order's, which has no user any more"),
      code: kept("purchases", "a printed ticket must remain valid"),
    },
  },
  RankedSale: {
    rows: "a seller's are deleted, also from the leaderboards",
    columns: { sellerId: deleted("sales", "derived from the orders"), orderId: deleted("sales", "likewise") },
  },
  BonusEntry: {
    rows: "deleted",
    section: { name: "bonuses", owner: "userId", key: "seq" },
    columns: {
      userId: deleted("bonuses"),
      seq: deleted("bonuses"),
      note: deleted("bonuses"),
      key: deleted(null, "the id of the order, or a random key of the spender's page"),
    },
  },
  Notification: {
    rows: "deleted; the user's name and id are removed from chat notifications of other users",
    columns: {
      userId: deleted("notifications"),
      title: deleted("notifications"),
      message: deleted("notifications"),
      data: deleted("notifications"),
      key: deleted(null, "the task's id"),
    },
  },
  NotificationPreference: {
    rows: "deleted",
    section: { name: "preferences", owner: "userId", key: "kind" },
    columns: {
      userId: deleted("preferences"),
      kind: deleted("preferences"),
      level: deleted("preferences"),
    },
  },
  MediaFile: {
    rows: "ownerless and unreadable immediately; deleted once the store has deleted the bytes (lib/media). What was sold stays for its buyers, without a name",
    section: { name: "files", owner: "ownerId" },
    columns: {
      ownerId: deleted("files"),
      name: deleted("files"),
      pathname: deleted(null, "the random path in the store"),
      placeholder: deleted(null, "a cover's picture of 16 pixels"),
    },
  },
  MediaVariant: {
    rows: "deleted with their file, after the bytes",
    columns: { pathname: deleted(null, "the random path in the public store") },
  },
  Track: {
    rows: "deleted with its file; of a sound that was sold, its length and loudness stay",
    columns: {
      title: unnamed(null, "a tag of the file, which has it too"),
      artist: unnamed(null, "likewise"),
      taskId: none("the task that transcodes it"),
    },
  },
  Chat: {
    rows: "kept for the remaining members; deleted with the last of them",
    columns: {
      title: kept("chats", "belongs to the group"),
      directKey: unnamed(null, "the ids of both users; replaced by the chat's own id"),
      lastSeq: none("the number of messages"),
    },
  },
  ChatMember: {
    rows: "deleted; a group passes to its longest-standing member",
    columns: {
      userId: deleted("chats"),
      role: deleted("chats"),
      readSeq: deleted("chats"),
      hiddenSeq: none("the number of a message"),
    },
  },
  ChatMessage: {
    rows: "the user's own stay as empty rows; mentions of the user are removed from other users' messages",
    columns: {
      authorId: unnamed("chatMessages"),
      text: kept("chatMessages", "emptied; the user's name and id are removed from other users' messages"),
      mentions: kept("chatMessages", "emptied; the user's id is removed from other users' messages"),
      clientId: kept(null, "random"),
      seq: none("its number in the chat"),
    },
  },
  PersonBlock: {
    rows: "deleted, those that others have made of the user too",
    columns: {
      blockerId: deleted("blocks"),
      blockedId: deleted(
        "blocks",
        "in the rows of those who blocked the user it is not exported: it is theirs",
      ),
    },
  },
  Report: {
    rows: "the user's own stay without the user and the words, those about the user without what they keep of it; all are deleted 90 days after they were closed",
    section: { name: "reports", owner: "reporterId" },
    columns: {
      reporterId: unnamed("reports"),
      targetId: kept("reports", "the id of what was reported, which is deleted on its own"),
      text: kept("reports", "emptied"),
      closedFor: kept("reports", "an operator's words about the report"),
      reportedAuthorId: unnamed(null, "not exported: it would reveal that a report was made, and of what"),
      reportedTitle: unnamed(null, "as above; the post, message or product itself is exported"),
      reportedText: unnamed(null, "as above"),
    },
  },
  ChatReaction: {
    rows: "deleted",
    columns: { userId: deleted("chatReactions"), emoji: deleted("chatReactions") },
  },
  ChatAttachment: {
    rows: "those of the user's messages are deleted",
    columns: {},
  },
  Mint: {
    rows: "those with a transaction are kept without the account and the post: it is on the chain and cannot be erased; the others are deleted",
    section: { name: "mints", owner: "userId" },
    columns: {
      userId: unnamed("mints"),
      ownerAddress: kept(
        "mints",
        "in a transaction, so public for ever; no other row connects it with a person. Mints without one are deleted",
      ),
      chainId: none("the network"),
      taskId: none("a task's"),
      proofNonce: none("random"),
      metadataUrl: kept(
        "mints",
        "an address in the token, with the track's title and the artist's chosen name",
      ),
      transactionHash: kept("mints", "public on the chain"),
      blockHash: none("the chain's"),
    },
  },
  ChainNonce: { columns: { chainId: none("the network"), mintId: none("the mint's") } },
  ChainTransaction: {
    columns: { hash: none("public on the chain"), chainId: none("the network") },
  },
  BotProject: {
    rows: "deleted, with everything in the bot",
    section: { name: "bots", owner: "ownerId" },
    columns: {
      ownerId: deleted("bots"),
      name: deleted("bots"),
      username: deleted("bots"),
      telegramId: deleted(null, "the bot's number, which Telegram knows"),
      encryptedToken: deleted(null, "a secret"),
      webhookUrl: none("this deployment's"),
    },
  },
  BotWorkflow: {
    rows: "deleted with the bot",
    columns: { key: deleted(null, "a name within the bot"), publishedVersionId: none("a version") },
  },
  BotWorkflowVersion: {
    rows: "deleted with the bot",
    columns: { definition: deleted(null, "the bot's own texts; the bots' API exports them") },
  },
  BotDraft: {
    rows: "deleted with the bot",
    columns: {
      definition: deleted(null, "the bot's own texts, before they are published"),
      testVersionId: none("a version"),
    },
  },
  BotPerson: {
    rows: "the Telegram users who are linked with the account are deleted, with all that they wrote to the bot and were sent",
    section: { name: "telegram", owner: "userId" },
    columns: {
      telegramId: deleted("telegram"),
      userId: deleted("telegram"),
      name: deleted("telegram"),
      language: deleted("telegram"),
    },
  },
  BotLinkCode: {
    rows: "deleted",
    columns: {
      hash: deleted(null, "of a code that has expired after ten minutes"),
      userId: deleted(null, "who made it"),
      projectId: none("the bot's"),
    },
  },
  BotUpdate: { columns: { updateId: none("a number of Telegram's") } },
  BotExecution: {
    rows: "deleted with the Telegram user",
    columns: {
      projectId: none("the bot's"),
      nodeId: none("a node"),
      frames: none("ids"),
      variables: deleted("botSteps", "the answers that they come from"),
    },
  },
  BotStep: {
    rows: "deleted with the Telegram user",
    columns: {
      versionId: none("a version"),
      nodeId: none("a node"),
      input: deleted("botSteps"),
      output: deleted("botSteps"),
    },
  },
  BotMessage: {
    rows: "deleted with the Telegram user",
    columns: {
      payload: deleted("botMessages"),
      notificationId: none("a notification"),
      telegramMessageId: deleted(null, "the message's number in Telegram"),
    },
  },
  IdempotencyKey: {
    rows: "deleted",
    columns: {
      userId: deleted(
        null,
        "which request of the last three days made which row; the rows are exported themselves",
      ),
      key: deleted(null, "random"),
      fingerprint: deleted(null, "a hash of the request"),
      resultId: none("the id of a row"),
    },
  },
  AnalyticsEvent: {
    rows: "kept without the user, so that totals do not change",
    section: { name: "analytics", owner: "userId" },
    columns: {
      userId: unnamed("analytics"),
      name: kept("analytics", "the event's name"),
      properties: kept("analytics", "counted values, never a user"),
    },
  },
};
