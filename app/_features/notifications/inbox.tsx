import { useTranslations } from "next-intl";
import { PageTitle } from "@/app/_shell/page";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Link } from "@/app/_ui/link";
import type { NotificationView } from "@/lib/schemas/notification";
import { markReadAction } from "./actions";
import { MarkAllReadButton } from "./mark-read-buttons";
import { NotificationRow } from "./notification-row";

interface Props {
  items: readonly NotificationView[];
  unreadCount: number;
  nextCursor: string | null;
  /** True when this is not the newest page. */
  continued: boolean;
  renderedAt: number;
}

/** Works without JavaScript: pages are links and the mark-as-read buttons are forms. */
export function Inbox({ items, unreadCount, nextCursor, continued, renderedAt }: Props) {
  const t = useTranslations("notifications");
  const newest = items[0]?.id;
  if (newest === undefined) {
    return (
      <EmptyState
        title={t(continued ? "endTitle" : "emptyTitle")}
        text={t(continued ? "endText" : "emptyText")}
      >
        <Button asChild size="large">
          <Link href={continued ? "/notifications" : "/posts/new"}>
            {t(continued ? "newest" : "emptyAction")}
          </Link>
        </Button>
      </EmptyState>
    );
  }
  return (
    <div className="mx-auto max-w-3xl">
      <PageTitle>{t("title")}</PageTitle>
      <div className="mt-4 flex min-h-11 flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p className="tabular text-muted">{t("unread", { count: unreadCount })}</p>
        {unreadCount > 0 && !continued ? (
          <form action={markReadAction}>
            <input type="hidden" name="before" value={newest} />
            <MarkAllReadButton />
          </form>
        ) : null}
        {continued ? (
          <Link href="/notifications" className="text-muted underline underline-offset-4">
            {t("newest")}
          </Link>
        ) : null}
      </div>
      <h2 className="sr-only">{t("list")}</h2>
      <ul className="-mx-3 mt-5 flex flex-col gap-1.5">
        {items.map((notification) => (
          <NotificationRow key={notification.id} notification={notification} renderedAt={renderedAt} />
        ))}
      </ul>
      {nextCursor ? (
        <div className="mt-8 flex justify-center">
          <Button asChild look="quiet" size="large">
            <Link href={{ pathname: "/notifications", query: { cursor: nextCursor } }}>{t("older")}</Link>
          </Button>
        </div>
      ) : null}
    </div>
  );
}
