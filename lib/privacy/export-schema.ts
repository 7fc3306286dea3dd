import { z } from "zod";

/**
 * What somebody gets when they ask for all that is theirs or about them. Whatever is not named here does not leave:
 * every record goes through its schema. Others are in it by the name they show everybody, and by nothing else.
 */

const isoDateTime = z.iso.datetime();
const json = z.unknown().pipe(z.json());
const money = { amountMinor: z.int(), currency: z.string() };
const orderStatus = z.enum(["pending", "paid", "delivered", "refunded", "failed"]);
const productKind = z.enum(["track", "licence", "ticket"]);

const order = {
  id: z.uuid(),
  status: orderStatus,
  kind: productKind,
  title: z.string(),
  productId: z.uuid().nullable(),
  quantity: z.int(),
  unitPriceMinor: z.int(),
  ...money,
  refundedMinor: z.int(),
  /** The provider's name for the payment. */
  paymentIntentId: z.string().nullable(),
  createdAt: isoDateTime,
  paidAt: isoDateTime.nullable(),
  deliveredAt: isoDateTime.nullable(),
  closedAt: isoDateTime.nullable(),
};

export const profileSchema = z.object({
  id: z.uuid(),
  /** Stands for the person where views are counted. */
  number: z.int(),
  email: z.string(),
  /** When a link sent to the address was opened. */
  emailConfirmedAt: isoDateTime.nullable(),
  name: z.string(),
  role: z.string(),
  /** Mails are written in it; null: in Russian. */
  locale: z.string().nullable(),
  /** Nobody is told whether or when the person is here. */
  hidesPresence: z.boolean(),
  createdAt: isoDateTime,
});

export const referralsSchema = z.object({
  code: z.string(),
  /** How many people signed up with it. */
  joined: z.int(),
  /** By whose link the account was opened; their name. */
  invitedBy: z.string().nullable(),
});

/** The lists, oldest first; each may be very long. */
export const sectionSchemas = {
  /** Sign-ins, ended ones included. */
  sessions: z.object({
    id: z.uuid(),
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    place: z.string().nullable(),
    createdAt: isoDateTime,
    lastSeenAt: isoDateTime,
    authenticatedAt: isoDateTime,
    expiresAt: isoDateTime,
    revokedAt: isoDateTime.nullable(),
    revokedFor: z.string().nullable(),
  }),
  posts: z.object({
    id: z.uuid(),
    title: z.string(),
    text: z.string(),
    tags: z.array(z.string()),
    /** As of the last sync. */
    views: z.int(),
    createdAt: isoDateTime,
  }),
  /** Posts that were viewed, each once. */
  views: z.object({ postId: z.uuid(), postTitle: z.string(), viewedAt: isoDateTime }),
  products: z.object({
    id: z.uuid(),
    kind: productKind,
    title: z.string(),
    description: z.string(),
    priceMinor: z.int(),
    currency: z.string(),
    stock: z.int().nullable(),
    assetUrl: z.string().nullable(),
    archivedAt: isoDateTime.nullable(),
    createdAt: isoDateTime,
  }),
  /** What was bought, with what was handed over. */
  purchases: z.object({
    ...order,
    sellerName: z.string().nullable(),
    deliveries: z.array(
      z.object({
        unit: z.int(),
        kind: productKind,
        /** A ticket's or licence's code, a download's secret. */
        code: z.string(),
        createdAt: isoDateTime,
        revokedAt: isoDateTime.nullable(),
        usedAt: isoDateTime.nullable(),
      }),
    ),
  }),
  /** What others bought; codes are theirs. */
  sales: z.object({ ...order, buyerName: z.string().nullable() }),
  bonuses: z.object({
    seq: z.int(),
    kind: z.string(),
    /** Hundredths of a bonus. */
    amount: z.int(),
    balance: z.int(),
    note: z.string().nullable(),
    createdAt: isoDateTime,
  }),
  /** What was sent in chats; the bytes are at /api/media/{id} for as long as the account is there. */
  files: z.object({
    id: z.uuid(),
    name: z.string(),
    type: z.string(),
    bytes: z.int(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    createdAt: isoDateTime,
  }),
  notifications: z.object({
    id: z.uuid(),
    kind: z.string(),
    title: z.string().nullable(),
    message: z.string().nullable(),
    data: json,
    createdAt: isoDateTime,
    readAt: isoDateTime.nullable(),
  }),
  /** How loudly each kind of notification comes, where that was chosen; the others are at `all`. */
  preferences: z.object({ kind: z.string(), level: z.string() }),
  /** Chats that the person is in, or has left. */
  chats: z.object({
    chatId: z.uuid(),
    kind: z.enum(["direct", "group"]),
    /** A group's name; of a conversation of two, the other one's. */
    title: z.string().nullable(),
    role: z.enum(["owner", "member"]),
    /** Up to which of its messages the person has read. */
    readSeq: z.int(),
    joinedAt: isoDateTime,
    leftAt: isoDateTime.nullable(),
  }),
  /** What the person wrote; what others wrote is theirs. */
  chatMessages: z.object({
    id: z.uuid(),
    chatId: z.uuid(),
    seq: z.int(),
    text: z.string(),
    /** Names of those who are named in it. */
    mentions: z.array(z.string()),
    /** Names of the files on it. */
    attachments: z.array(z.string()),
    createdAt: isoDateTime,
    editedAt: isoDateTime.nullable(),
    deletedAt: isoDateTime.nullable(),
  }),
  chatReactions: z.object({ messageId: z.uuid(), emoji: z.string(), createdAt: isoDateTime }),
  /** What was done on the site, as it was counted. */
  analytics: z.object({ id: z.uuid(), name: z.string(), properties: json, at: isoDateTime }),
  /** Background tasks that were started. */
  tasks: z.object({
    id: z.uuid(),
    queue: z.string(),
    state: z.string(),
    subject: z.string().nullable(),
    createdAt: isoDateTime,
    finishedAt: isoDateTime.nullable(),
  }),
  /** Sensitive things that the person did or that were done to the account. */
  audit: z.object({
    id: z.uuid(),
    action: z.string(),
    subject: z.string(),
    /** False: an administrator, the app, or somebody who did not sign in. */
    byYou: z.boolean(),
    /** Null for what an administrator did. */
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    data: json,
    createdAt: isoDateTime,
  }),
  /** Links that were sent by mail; the links themselves are nowhere. */
  links: z.object({
    kind: z.string(),
    email: z.string(),
    createdAt: isoDateTime,
    expiresAt: isoDateTime,
    usedAt: isoDateTime.nullable(),
  }),
} as const;

export type SectionName = keyof typeof sectionSchemas;

/** A record of a list, before its schema has seen it. */
export type SectionRow<N extends SectionName> = z.input<(typeof sectionSchemas)[N]>;

/** The version of this form. */
export const EXPORT_VERSION = 1;

const sectionListSchemas = Object.fromEntries(
  Object.entries(sectionSchemas).map(([name, schema]) => [name, z.array(schema)]),
) as { [N in SectionName]: z.ZodArray<(typeof sectionSchemas)[N]> };

/** The whole document. One that breaks off is not valid JSON. */
export const accountExportSchema = z.object({
  format: z.literal("normaldance-account"),
  version: z.literal(EXPORT_VERSION),
  /** When it began: what happens meanwhile may be in it or not. */
  exportedAt: isoDateTime,
  profile: profileSchema,
  referrals: referralsSchema,
  ...sectionListSchemas,
});

export type AccountExport = z.infer<typeof accountExportSchema>;
