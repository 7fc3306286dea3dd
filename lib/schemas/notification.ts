import { z } from "zod";
import { idSchema } from "./id";
import { pageQueryShape, pageSchema } from "./page";

export const notificationSchema = z.object({
  id: z.uuid(),
  /** `general` has its own title and message; other kinds are worded from `data` in the reader's language. */
  kind: z.string(),
  title: z.string().nullable(),
  message: z.string().nullable(),
  data: z.record(z.string(), z.json()).nullable(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
});

export type NotificationView = z.infer<typeof notificationSchema>;

export const notificationPageQuerySchema = z.object(pageQueryShape());

export const notificationPageSchema = pageSchema(notificationSchema).extend({
  /** Of all notifications, not only of this page. */
  unreadCount: z.int(),
});

export type NotificationPage = z.infer<typeof notificationPageSchema>;

const MAX_IDS = 100;

export const markReadSchema = z.union(
  [
    z.strictObject({ ids: z.array(idSchema).max(MAX_IDS) }),
    z.strictObject({
      all: z.literal(true),
      /** Id of the newest notification seen; later ones stay unread. */
      before: idSchema.optional(),
    }),
  ],
  { error: `ids (${MAX_IDS} at most), or all: true` },
);

export const markReadResponseSchema = z.object({ unreadCount: z.int() });

export type UnreadCount = z.infer<typeof markReadResponseSchema>;
