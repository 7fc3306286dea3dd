import { useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { NotificationView } from "@/lib/schemas/notification";
import { markReadAction } from "./actions";
import { MarkReadButton } from "./mark-read-buttons";
import { NotificationIcon } from "./notification-icon";
import { NotificationLink } from "./notification-link";
import { useNotificationText } from "./use-notification-text";

interface Props {
  notification: NotificationView;
  renderedAt: number;
}

/** One row of the inbox, with the cover of its subject. */
export function NotificationRow({ notification, renderedAt }: Props) {
  const t = useTranslations("notifications");
  const { kind, title, text, href, artId } = useNotificationText()(notification);
  const unread = notification.readAt === null;
  return (
    <li
      style={tintStyle(artId)}
      className={cn(
        "tinted relative grid grid-cols-[3.5rem_minmax(0,1fr)_auto] items-center gap-x-4 rounded-2xl p-3 transition-colors sm:gap-x-5",
        unread ? "bg-tint" : null,
        href ? "hover:bg-tint-strong" : null,
      )}
    >
      <div className="relative self-start">
        <div className={cn("size-14 overflow-hidden rounded-xl", unread ? null : "opacity-60")}>
          <Cover id={artId} />
        </div>
        <NotificationIcon kind={kind} className="absolute -right-2 -bottom-2" />
      </div>
      <div className="min-w-0 py-0.5">
        <h3 className={cn("line-clamp-3 leading-snug", unread ? "font-semibold" : "font-medium text-muted")}>
          {unread ? (
            <>
              <span
                aria-hidden="true"
                className="mr-2 inline-block size-2.5 rounded-full bg-mark align-[0.05em]"
              />
              <span className="sr-only">{t("new")}: </span>
            </>
          ) : null}
          {href ? (
            <NotificationLink id={notification.id} href={href} unread={unread}>
              {title}
            </NotificationLink>
          ) : (
            <span className="[overflow-wrap:anywhere]">{title}</span>
          )}
        </h3>
        {text ? (
          <p
            dir="auto"
            className="mt-0.5 line-clamp-4 text-sm whitespace-pre-line text-muted [overflow-wrap:anywhere]"
          >
            {text}
          </p>
        ) : null}
        <RelativeTime
          at={notification.createdAt}
          renderedAt={renderedAt}
          className={cn("mt-1 block text-xs", unread ? "text-muted" : "text-faint")}
        />
      </div>
      {unread ? (
        <form action={markReadAction} className="relative z-1">
          <input type="hidden" name="id" value={notification.id} />
          <MarkReadButton title={title} />
        </form>
      ) : null}
    </li>
  );
}
