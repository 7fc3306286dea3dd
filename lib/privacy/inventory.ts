/**
 * Where people are in the database, and what export and deletion do about it: one entry for each model, one line for
 * each column that points to somebody or says something about them. A test holds this to prisma/schema.prisma, and
 * another one looks into a whole database after a deletion; who adds a model or a column says here what becomes of it.
 */

interface PersonalColumn {
  /** The part of the export it is in; null with the reason in `note`. */
  exported: string | null;
  /**
   * `deleted` with the account; `unnamed`: the row stays and the column is set to null, or to nothing; `kept` as it
   * is; `none`: it is nobody's in particular.
   */
  deletion: "deleted" | "unnamed" | "kept" | "none";
  note?: string;
}

interface ModelInventory {
  /** What happens to the rows; left out for a model that has nobody in it. */
  rows?: string;
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
    rows: "the account's row goes, and most of the rest with it",
    columns: {
      id: deleted("profile"),
      seq: deleted("profile"),
      email: deleted("profile"),
      name: deleted("profile"),
      passwordHash: deleted(null, "a secret, also from who holds the file"),
      role: deleted("profile"),
      referralCode: deleted("referrals"),
      referredById: unnamed("referrals", "in the rows of those who were brought"),
      locale: deleted("profile"),
      confirmedAt: deleted("profile"),
      hidesPresence: deleted("profile"),
    },
  },
  Session: {
    rows: "deleted; its copies in Redis too",
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
    rows: "kept: whoever it signed out stays out",
    columns: { userId: kept(null, "a number beside an id that is nobody's any more") },
  },
  RevokedToken: {
    columns: { hash: none("of a token, which says nothing without it; it goes with the token's life") },
  },
  AccountLink: {
    rows: "deleted",
    columns: { userId: deleted("links"), email: deleted("links") },
  },
  AuditEntry: {
    rows: "kept, with the id alone",
    columns: {
      actorId: kept("audit", "the id alone"),
      subject: kept("audit", "the id alone"),
      ip: unnamed("audit"),
      userAgent: unnamed("audit"),
      requestId: kept(null, "finds lines of a log that is not kept for long"),
      data: kept("audit", "ids, numbers and words of ours (lib/audit)"),
    },
  },
  Post: {
    rows: "deleted, with the views of them",
    columns: {
      authorId: deleted("posts"),
      title: deleted("posts"),
      text: deleted("posts"),
      tags: deleted("posts"),
    },
  },
  PostView: {
    rows: "kept without a name, so that counts do not go down; deleted with the post",
    columns: { viewerSeq: unnamed("views") },
  },
  CacheInvalidation: {
    columns: { members: none("names of what is cached, until Redis was told"), tags: none("the same") },
  },
  Task: {
    rows: "what is for the person alone is called off; the rest goes on without an owner",
    columns: {
      ownerId: unnamed("tasks"),
      payload: unnamed(
        null,
        "mails and notifications keep none once they are done, or dead for a month; the others carry ids of things",
      ),
      subject: kept("tasks", "an order's id"),
      progress: none("numbers"),
      error: kept(null, "for operators; what called off tasks said is gone"),
      key: kept(null, "ids, which lead nowhere"),
      trace: none("of a request"),
      messageId: none("of the queue"),
    },
  },
  Alert: { columns: { subject: none("an order or a task"), message: none("for operators; no one's data") } },
  Product: {
    rows: "deleted; what was ordered stays for those who bought it, archived",
    columns: {
      sellerId: unnamed("products"),
      title: kept("products", "what was bought must say what it is"),
      description: kept("products", "the same"),
      assetUrl: kept("products", "downloads of who bought it lead there"),
    },
  },
  Order: {
    rows: "kept: the other side's, and the books; none is in motion by then",
    columns: {
      buyerId: unnamed("purchases"),
      sellerId: unnamed("sales"),
      title: kept("purchases", "the product's"),
      locale: kept(null, "mails about the order were written in it"),
      clientKey: kept(null, "random"),
      sessionId: kept(null, "the provider's checkout"),
      paymentIntentId: kept("purchases", "the provider's; refunds need it"),
      checkoutUrl: none("gone once the order is paid or given up"),
    },
  },
  PaymentEvent: { columns: { orderId: none("the order's") } },
  Refund: { columns: { paymentIntentId: none("the order's") } },
  Delivery: {
    rows: "kept with its order",
    columns: {
      orderId: kept("purchases", "the order's, which has no name any more"),
      code: kept("purchases", "a ticket that was sold on paper still opens the door"),
    },
  },
  RankedSale: {
    rows: "a seller's are deleted, and the boards forget them",
    columns: { sellerId: deleted("sales", "they are sums of these"), orderId: deleted("sales", "the same") },
  },
  BonusEntry: {
    rows: "deleted",
    columns: {
      userId: deleted("bonuses"),
      seq: deleted("bonuses"),
      note: deleted("bonuses"),
      key: deleted(null, "the order that the entry is for, or a random word of the spender's page"),
    },
  },
  Notification: {
    rows: "deleted; in those of others the person's name and id are taken out of what happened in chats",
    columns: {
      userId: deleted("notifications"),
      title: deleted("notifications"),
      message: deleted("notifications"),
      data: deleted("notifications"),
      key: deleted(null, "the task's"),
    },
  },
  NotificationPreference: {
    rows: "deleted",
    columns: {
      userId: deleted("preferences"),
      kind: deleted("preferences"),
      level: deleted("preferences"),
    },
  },
  MediaFile: {
    rows: "nobody's at once, and given to nobody; deleted when the store has deleted the bytes (lib/media)",
    columns: {
      ownerId: deleted("files"),
      name: deleted("files"),
      pathname: deleted(null, "where the store has the bytes; random"),
    },
  },
  Chat: {
    rows: "kept for those who are in it; deleted with the last of them",
    columns: {
      title: kept("chats", "a group's name is the group's"),
      directKey: unnamed(null, "the two people's ids; of one that stays alone, the chat's own"),
      lastSeq: none("how many messages there are"),
    },
  },
  ChatMember: {
    rows: "deleted; a group passes on to who is there longest",
    columns: { userId: deleted("chats"), role: deleted("chats"), readSeq: deleted("chats") },
  },
  ChatMessage: {
    rows: "what the person wrote leaves its place alone; mentions of them go from what others wrote",
    columns: {
      authorId: unnamed("chatMessages"),
      text: kept("chatMessages", "emptied; of others' messages the person's name and id are taken out"),
      mentions: kept("chatMessages", "emptied; of others' messages the person's id is taken out"),
      clientId: kept(null, "random"),
      seq: none("its place in the chat"),
    },
  },
  ChatReaction: {
    rows: "deleted",
    columns: { userId: deleted("chatReactions"), emoji: deleted("chatReactions") },
  },
  ChatAttachment: {
    rows: "those of the person's messages are deleted",
    columns: {},
  },
  AnalyticsEvent: {
    rows: "kept without a name: totals stay as they were",
    columns: {
      userId: unnamed("analytics"),
      name: kept("analytics", "the event's"),
      properties: kept("analytics", "what the site counts; never who"),
    },
  },
};
