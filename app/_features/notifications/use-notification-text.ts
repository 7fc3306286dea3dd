import { useTranslations } from "next-intl";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import type { NotificationView } from "@/lib/notifications";
import { parseNotification, type TypedNotification } from "@/lib/notifications/client";

/** A notification in the reader's language. */
export interface NotificationText {
  /** What it is known by; null: only its own words. */
  kind: TypedNotification["kind"] | null;
  title: string;
  text: string | null;
  /** A path of this site; null when there is nothing to open. */
  href: string | null;
  /** Whose picture it has. */
  artId: string;
}

/** Kinds that the page has no words for speak for themselves. */
export function useNotificationText(): (notification: NotificationView) => NotificationText {
  const t = useTranslations("notifications");
  const money = useMoneyFormatter();
  return ({ id, kind, data, title, message }) => {
    const notice = parseNotification(kind, data);
    if (!notice) {
      return { kind: null, title: title ?? t("untitled"), text: message, href: null, artId: id };
    }
    const values = {
      title: "title" in notice.data ? notice.data.title : "",
      amount: "amountMinor" in notice.data ? money(notice.data) : "",
      quantity: notice.kind === "sale" ? notice.data.quantity : 1,
      who: actorName(notice) ?? t("somebody"),
      chat: "chatTitle" in notice.data ? (notice.data.chatTitle ?? "") : "",
      isGroup: "chatTitle" in notice.data && notice.data.chatTitle !== null ? "yes" : "no",
    };
    const orderId = "orderId" in notice.data ? notice.data.orderId : null;
    const chatId = "chatId" in notice.data ? notice.data.chatId : null;
    return {
      kind: notice.kind,
      title: t(`kinds.${notice.kind}.title`, values),
      text: t(`kinds.${notice.kind}.text`, values),
      href: chatId !== null ? `/chat/${chatId}` : orderId === null ? "/bonuses" : `/orders/${orderId}`,
      artId: chatId ?? orderId ?? id,
    };
  };
}

/** Who did it; null: their account is gone, or nobody in particular. */
function actorName({ data }: TypedNotification): string | null {
  if ("authorName" in data) return data.authorName;
  return "byName" in data ? data.byName : null;
}
