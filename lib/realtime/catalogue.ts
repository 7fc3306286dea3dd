import { z } from "zod";
import { AppError } from "../core/errors";
import { idSchema } from "../core/ids";

/**
 * Every kind of channel and what is said on it, with the schema of each event. A kind with an id has a channel for
 * each thing (`chat:{id}`), one without is a single channel (`views`). Who may listen is the domains' to say
 * (app/api/realtime/channel-guards.ts). As with the tasks' catalogue, what is said is described here, below the domains.
 */

const id = idSchema;
const time = z.iso.datetime();

/** A chat message as everybody in the chat sees it; what of it is the reader's own (a reaction) they see by the ids. */
export const chatMessageSchema = z.object({
  id,
  chatId: id,
  /** From 1 in each chat, without gaps. */
  seq: z.int().positive(),
  /** The chat's when this message changed last; each change of any message has its own, without gaps. */
  revision: z.int().positive(),
  /** Made by the author's client. */
  clientId: id,
  /** Null: the account is gone. */
  authorId: id.nullable(),
  authorName: z.string().nullable(),
  /** Empty once it is deleted. */
  text: z.string(),
  createdAt: time,
  editedAt: time.nullable(),
  deletedAt: time.nullable(),
  pinnedAt: time.nullable(),
  /** What it answers; `text` is its beginning. */
  replyTo: z
    .object({
      id,
      seq: z.int().positive(),
      authorId: id.nullable(),
      authorName: z.string().nullable(),
      text: z.string(),
    })
    .nullable(),
  /** A post of this site that it links to. */
  post: z.object({ id, title: z.string(), authorName: z.string() }).nullable(),
  mentions: z.array(z.object({ userId: id, name: z.string() })),
  /** In the order in which each was first given. */
  reactions: z.array(z.object({ emoji: z.string(), userIds: z.array(id) })),
  attachments: z.array(
    z.object({
      id,
      name: z.string(),
      /** `image/png` */
      type: z.string(),
      bytes: z.int(),
      width: z.int().nullable(),
      height: z.int().nullable(),
    }),
  ),
});

export type ChatMessageView = z.infer<typeof chatMessageSchema>;

export const presenceStateSchema = z.enum(["online", "away", "offline"]);

export const channelKinds = {
  /** What concerns one person alone; theirs. */
  user: {
    hasId: true,
    events: {
      /** Something new in their list. `level`: whether it is said out loud on open pages. */
      notification: z.object({
        notification: z.object({
          id,
          kind: z.string(),
          title: z.string().nullable(),
          message: z.string().nullable(),
          data: z.record(z.string(), z.json()).nullable(),
          createdAt: time,
          readAt: time.nullable(),
        }),
        unreadCount: z.int(),
        level: z.enum(["all", "quiet"]),
      }),
      /** How many notifications they have not read. */
      unread: z.object({ unreadCount: z.int() }),
      /** Their list of chats is another one: they were invited, joined, or left. */
      chats: z.object({ chatId: id }),
      /** They have read up to there, perhaps on another device. */
      read: z.object({ chatId: id, seq: z.int() }),
    },
  },
  /** One conversation; its members'. */
  chat: {
    hasId: true,
    events: {
      /** Written or changed: its revision tells whether anything was missed before it. */
      message: chatMessageSchema,
      /** Who is in it, its name, or who may join has changed. */
      changed: z.object({}),
      /** A member has read up to there. */
      read: z.object({ userId: id, seq: z.int() }),
      /** A member writes; said again every few seconds. Not kept. */
      typing: z.object({ userId: id, name: z.string() }),
    },
  },
  /** One order; its buyer's, seller's and the administrators'. */
  order: { hasId: true, events: { changed: z.object({}) } },
  /** One task; its owner's and the administrators'. */
  task: { hasId: true, events: { changed: z.object({}) } },
  /** Who is here: everybody signed in may know, and whoever hides is never in it. */
  presence: {
    hasId: false,
    events: {
      changed: z.object({ userId: id, state: presenceStateSchema, lastSeenAt: time.nullable() }),
    },
  },
  /** Counts of posts that have moved, at most once a second from each instance; everybody's. */
  views: {
    hasId: false,
    isPublic: true,
    events: { counts: z.object({ counts: z.array(z.object({ postId: id, viewsCount: z.int() })).max(200) }) },
  },
} as const satisfies Record<string, { hasId: boolean; isPublic?: true; events: Record<string, z.ZodType> }>;

type Kinds = typeof channelKinds;
export type ChannelKind = keyof Kinds;
export type KindWithId = { [K in ChannelKind]: Kinds[K]["hasId"] extends true ? K : never }[ChannelKind];

/** `chat:{id}` or `views`. */
export type Channel<K extends ChannelKind = ChannelKind> = K extends KindWithId ? `${K}:${string}` : K;

export type EventName<K extends ChannelKind> = keyof Kinds[K]["events"] & string;
export type EventData<K extends ChannelKind, E extends EventName<K>> = Kinds[K]["events"][E] extends z.ZodType
  ? z.output<Kinds[K]["events"][E]>
  : never;

export interface ParsedChannel {
  name: Channel;
  kind: ChannelKind;
  /** Of the thing; null for a kind that is one channel. */
  id: string | null;
}

/** Whether those who are not signed in may listen too. */
export const isPublicKind = (kind: ChannelKind): boolean => "isPublic" in channelKinds[kind];

/** @throws {AppError} bad_request for what is no channel */
export function parseChannel(name: string): ParsedChannel {
  const [kind = "", ...rest] = name.split(":");
  if (Object.hasOwn(channelKinds, kind)) {
    const knownKind = kind as ChannelKind;
    const parsed = idSchema.safeParse(rest.join(":"));
    if (!channelKinds[knownKind].hasId && rest.length === 0)
      return { name: knownKind as Channel, kind: knownKind, id: null };
    if (channelKinds[knownKind].hasId && parsed.success)
      return { name: `${knownKind}:${parsed.data}` as Channel, kind: knownKind, id: parsed.data };
  }
  throw new AppError("bad_request", {
    details: [{ path: "channel", message: `no channel: ${name.slice(0, 60)}` }],
  });
}
