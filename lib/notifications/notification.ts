import { type NotificationView, notificationSchema } from "../schemas/notification";

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
