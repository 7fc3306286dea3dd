import { z } from "zod";

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

interface Row {
  id: string;
  kind: string;
  title: string | null;
  message: string | null;
  data: unknown;
  createdAt: Date;
  readAt: Date | null;
}

const dataSchema = notificationSchema.shape.data.catch(null);

export function toNotificationView({
  id,
  kind,
  title,
  message,
  data,
  createdAt,
  readAt,
}: Row): NotificationView {
  return {
    ...{ id, kind, title, message },
    data: dataSchema.parse(data),
    createdAt: createdAt.toISOString(),
    readAt: readAt?.toISOString() ?? null,
  };
}
