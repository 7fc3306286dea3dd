import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Cover } from "@/app/_art/cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { cn } from "@/app/_ui/cn";
import { PersonLink } from "@/app/_ui/person-link";
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

/** One row of the inbox, with the cover of its subject. The whole row leads to it, and a name in it to the person. */
export function NotificationRow({ notification, renderedAt }: Props) {
  const t = useTranslations("notifications");
  const { kind, title, text, withLinks, href, artId } = useNotificationText()(notification);
  const unread = notification.readAt === null;
  const toSubject = (words: ReactNode) =>
    href ? (
      <NotificationLink id={notification.id} href={href} unread={unread} label={title}>
        {words}
      </NotificationLink>
    ) : (
      <span>{words}</span>
    );
  const linked = withLinks?.({
    subject: toSubject,
    person: (name, handle) => <PersonLink name={name} handle={handle} />,
  });
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
        <h3
          className={cn(
            "line-clamp-3 leading-snug [overflow-wrap:anywhere]",
            unread ? "font-semibold" : "font-medium text-muted",
          )}
        >
          {unread ? (
            <>
              <span
                aria-hidden="true"
                className="mr-2 inline-block size-2.5 rounded-full bg-mark align-[0.05em]"
              />
              <span className="sr-only">{t("new")}: </span>
            </>
          ) : null}
          {linked?.title ?? toSubject(title)}
        </h3>
        {text ? (
          <p
            dir="auto"
            className="mt-0.5 line-clamp-4 text-sm whitespace-pre-line text-muted [overflow-wrap:anywhere]"
          >
            {linked?.text ?? text}
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
