import { z } from "zod";
import { deliverySchema } from "../schemas/delivery";
import { ChatKind, ChatRole, FilePurpose } from "../schemas/enums";
import { fileSchema } from "../schemas/media-file";
import { notificationSchema } from "../schemas/notification";
import { orderSummarySchema } from "../schemas/order";
import { postSchema } from "../schemas/post";
import { productSchema } from "../schemas/product";
import { profileLinksSchema } from "../schemas/profile";

/**
 * The format of an account export. Every record is parsed by its schema, so a field that is not listed here is never
 * exported. Other users appear by their public name only.
 */

const isoDateTime = z.iso.datetime();
const json = z.unknown().pipe(z.json());

const order = {
  ...orderSummarySchema.pick({
    ...{ id: true, status: true, kind: true, title: true, productId: true, quantity: true },
    ...{
      unitPriceMinor: true,
      amountMinor: true,
      bonusMinor: true,
      bonusAmount: true,
      bonusReturnedAt: true,
    },
    ...{ currency: true, refundedMinor: true },
  }).shape,
  /** The payment provider's id of the payment. */
  paymentIntentId: z.string().nullable(),
  ...orderSummarySchema.pick({ createdAt: true, paidAt: true, deliveredAt: true, closedAt: true }).shape,
};

/** The sound and the cover of a post or a product, in `files`. */
const uploads = { audioFileId: z.uuid().nullable(), coverFileId: z.uuid().nullable() };

export const profileSchema = z.object({
  id: z.uuid(),
  /** Identifies the user in view counts. */
  number: z.int(),
  email: z.string(),
  /** When the address was confirmed by a link sent to it. */
  emailConfirmedAt: isoDateTime.nullable(),
  name: z.string(),
  /** Of the page `/u/{handle}`. */
  handle: z.string(),
  /** Earlier ones that lead there, the newest first. */
  formerHandles: z.array(z.string()),
  role: z.string(),
  bio: z.string(),
  links: profileLinksSchema,
  /** In `files`. */
  pictureFileId: z.uuid().nullable(),
  /** The language of mails; null: Russian. */
  locale: z.string().nullable(),
  /** Other users always see the user as offline, without a last-seen time. */
  hidesPresence: z.boolean(),
  /** Who may begin a direct chat with the user. */
  contactPolicy: z.string(),
  createdAt: isoDateTime,
});

export const referralsSchema = z.object({
  code: z.string(),
  /** The number of users who signed up with it. */
  joined: z.int(),
  /** Name of the user whose referral code the account was created with. */
  invitedBy: z.string().nullable(),
});

/** The lists, oldest first; each may be very long. */
export const sectionSchemas = {
  /** The user's own Telegram bots, without their secrets. */
  bots: z.object({ id: z.uuid(), name: z.string(), username: z.string(), createdAt: isoDateTime }),
  /** Telegram users who act for the account in a bot. */
  telegram: z.object({
    botName: z.string(),
    telegramId: z.string(),
    name: z.string(),
    language: z.string(),
    isNotified: z.boolean(),
    linkedAt: isoDateTime.nullable(),
    createdAt: isoDateTime,
  }),
  /** What they did in bots: pressed buttons, answers, and what followed. */
  botSteps: z.object({
    kind: z.string(),
    input: json,
    output: json,
    createdAt: isoDateTime,
  }),
  /** What bots sent them. */
  botMessages: z.object({
    id: z.uuid(),
    payload: json,
    createdAt: isoDateTime,
    sentAt: isoDateTime.nullable(),
  }),
  /** Tracks that were minted; tokens cannot be erased. */
  mints: z.object({
    id: z.uuid(),
    postId: z.uuid().nullable(),
    ownerAddress: z.string(),
    chainId: z.int(),
    contract: z.string(),
    state: z.string(),
    metadataUrl: z.string().nullable(),
    transactionHash: z.string().nullable(),
    createdAt: isoDateTime,
  }),
  /** Sessions, revoked ones included. */
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
    ...postSchema.pick({ id: true, title: true, text: true, tags: true }).shape,
    ...uploads,
    /** As of the last sync. */
    views: z.int(),
    plays: z.int(),
    createdAt: isoDateTime,
  }),
  /** Posts that the user viewed, each once. */
  views: z.object({ postId: z.uuid(), postTitle: z.string(), viewedAt: isoDateTime }),
  /** One for each hour in which a post was played; the hour is what is known. */
  plays: z.object({ postId: z.uuid(), postTitle: z.string(), hour: isoDateTime }),
  products: z.object({
    ...productSchema.pick({
      ...{
        id: true,
        kind: true,
        title: true,
        description: true,
        priceMinor: true,
        currency: true,
        stock: true,
      },
    }).shape,
    assetUrl: z.string().nullable(),
    ...uploads,
    archivedAt: isoDateTime.nullable(),
    createdAt: isoDateTime,
  }),
  /** Orders as the buyer, with their deliveries. */
  purchases: z.object({
    ...order,
    sellerName: z.string().nullable(),
    deliveries: z.array(
      z.object({
        ...deliverySchema.pick({ unit: true, kind: true }).shape,
        /** The code of a ticket or licence, the secret of a download. */
        code: z.string(),
        ...deliverySchema.pick({ createdAt: true, revokedAt: true, usedAt: true }).shape,
      }),
    ),
  }),
  /** Orders as the seller, without the codes, which belong to the buyers. */
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
  /** Uploaded files; the bytes are at /api/media/{id} as long as the account exists. */
  files: fileSchema.extend({ purpose: z.enum(FilePurpose), createdAt: isoDateTime }),
  notifications: notificationSchema.extend({ data: json }),
  /** Chosen levels of notification kinds; kinds that are missing are at `all`. */
  preferences: z.object({ kind: z.string(), level: z.string() }),
  /** Chats that the user is a member of, or has left. */
  chats: z.object({
    chatId: z.uuid(),
    kind: z.enum(ChatKind),
    /** A group's title; the other user's name of a direct chat. */
    title: z.string().nullable(),
    role: z.enum(ChatRole),
    /** The read marker: `seq` of the last message read. */
    readSeq: z.int(),
    joinedAt: isoDateTime,
    leftAt: isoDateTime.nullable(),
  }),
  /** Messages by the user; those of other users are not exported. */
  chatMessages: z.object({
    id: z.uuid(),
    chatId: z.uuid(),
    seq: z.int(),
    text: z.string(),
    /** Names of the mentioned users. */
    mentions: z.array(z.string()),
    /** Names of the attached files. */
    attachments: z.array(z.string()),
    createdAt: isoDateTime,
    editedAt: isoDateTime.nullable(),
    deletedAt: isoDateTime.nullable(),
  }),
  /** What the user has reported to the operators. */
  reports: z.object({
    id: z.uuid(),
    target: z.string(),
    targetId: z.uuid(),
    reason: z.string(),
    text: z.string(),
    state: z.string(),
    createdAt: isoDateTime,
    closedAt: isoDateTime.nullable(),
    closedFor: z.string().nullable(),
  }),
  /** People whom the user has blocked. */
  blocks: z.object({ name: z.string(), createdAt: isoDateTime }),
  chatReactions: z.object({ messageId: z.uuid(), emoji: z.string(), createdAt: isoDateTime }),
  /** Analytics events of the user. */
  analytics: z.object({ id: z.uuid(), name: z.string(), properties: json, at: isoDateTime }),
  /** Background tasks that the user owns. */
  tasks: z.object({
    id: z.uuid(),
    queue: z.string(),
    state: z.string(),
    subject: z.string().nullable(),
    createdAt: isoDateTime,
    finishedAt: isoDateTime.nullable(),
  }),
  /** Audit entries by the user or about the account. */
  audit: z.object({
    id: z.uuid(),
    action: z.string(),
    subject: z.string(),
    /** False: by an administrator, the app, or an anonymous client. */
    byYou: z.boolean(),
    /** Null for actions of an administrator. */
    ip: z.string().nullable(),
    userAgent: z.string().nullable(),
    data: json,
    createdAt: isoDateTime,
  }),
  /** Links that were sent by mail, without their tokens, which are not stored. */
  links: z.object({
    kind: z.string(),
    email: z.string(),
    createdAt: isoDateTime,
    expiresAt: isoDateTime,
    usedAt: isoDateTime.nullable(),
  }),
} as const;

export type SectionName = keyof typeof sectionSchemas;

/** A record of a list, before its schema parses it. */
export type SectionRow<N extends SectionName> = z.input<(typeof sectionSchemas)[N]>;

/** The version of this format. */
export const EXPORT_VERSION = 1;

const sectionListSchemas = Object.fromEntries(
  Object.entries(sectionSchemas).map(([name, schema]) => [name, z.array(schema)]),
) as { [N in SectionName]: z.ZodArray<(typeof sectionSchemas)[N]> };

/** The whole document. An incomplete one is not valid JSON. */
export const accountExportSchema = z.object({
  format: z.literal("normaldance-account"),
  version: z.literal(EXPORT_VERSION),
  /** When the export began; changes during it may or may not be included. */
  exportedAt: isoDateTime,
  profile: profileSchema,
  referrals: referralsSchema,
  ...sectionListSchemas,
});

export type AccountExport = z.infer<typeof accountExportSchema>;
