import { z } from "zod";
import { chatMessageSchema } from "./chat-message";
import { NotificationLevel, TrackStatus } from "./enums";
import { idSchema } from "./id";
import { notificationSchema } from "./notification";
import { presenceSchema } from "./presence";

/**
 * Every kind of channel, with the schema of each event. A kind with an id has one channel per id (`chat:{id}`), a kind
 * without is a single channel (`views`). The domains decide who may subscribe (app/api/realtime/channel-guards.ts).
 */

const id = idSchema;

export const channelKinds = {
  /** Events for one user; that user only. */
  user: {
    hasId: true,
    events: {
      /** A new notification. `level`: whether open pages announce it. */
      notification: z.object({
        notification: notificationSchema,
        unreadCount: z.int(),
        level: z.enum(NotificationLevel).exclude(["off"]),
      }),
      /** Number of unread notifications. */
      unread: z.object({ unreadCount: z.int() }),
      /** The user's list of chats changed: they were invited, joined, or left. */
      chats: z.object({ chatId: id }),
      /** The user blocked a person, or the reverse, or such a block was lifted. */
      contacts: z.object({}),
      /** The user's read marker moved, perhaps on another device. */
      read: z.object({ chatId: id, seq: z.int() }),
    },
  },
  /** One chat; its members only. */
  chat: {
    hasId: true,
    events: {
      /** A message was written or changed; a gap in the revisions shows a missed event. */
      message: chatMessageSchema,
      /** The members, the name, or the joining rule changed. */
      changed: z.object({}),
      /** A member's read marker moved. */
      read: z.object({ userId: id, seq: z.int() }),
      /** A member is typing; repeated every few seconds. Volatile: not in the log. */
      typing: z.object({ userId: id, name: z.string() }),
    },
  },
  /** One order; its buyer, its seller and administrators. */
  order: { hasId: true, events: { changed: z.object({}) } },
  /** One task; its owner and administrators. */
  task: { hasId: true, events: { changed: z.object({}) } },
  /** Presence of users; every signed-in user. Hidden users are never published. */
  presence: {
    hasId: false,
    events: {
      changed: presenceSchema,
    },
  },
  /** Changed counts of views and plays, at most once a second from each instance; public. */
  views: {
    hasId: false,
    isPublic: true,
    events: {
      /** A count that is absent did not change. */
      counts: z.object({
        counts: z
          .array(z.object({ postId: id, viewsCount: z.int().optional(), playsCount: z.int().optional() }))
          .max(200),
      }),
      /** A post's sound became playable, or failed: pages that show the post read it again. */
      track: z.object({ postId: id, status: z.enum(TrackStatus) }),
    },
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
