import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useBonusFormatter } from "@/app/_features/bonuses/bonus-amount";
import { useMoneyFormatter } from "@/app/_ui/use-money-formatter";
import { isolate } from "@/lib/schemas/isolate";
import type { NotificationView } from "@/lib/schemas/notification";
import {
  notificationPath,
  parseNotification,
  type TypedNotification,
} from "@/lib/schemas/notification-kinds";

/** What the tags of a notification's texts become. */
interface NotificationLinks {
  /** The words that lead to its subject. */
  subject: (words: ReactNode) => ReactNode;
  /** The acting user, whose handle is null when there is no page. */
  person: (name: ReactNode, handle: string | null) => ReactNode;
}

const plainTags = { subject: (words: string) => words, person: (name: string) => name };

/** A notification in the viewer's language; what users wrote in it is isolated. */
export interface NotificationText {
  /** Null for a kind unknown to the page, which shows the stored title and message. */
  kind: TypedNotification["kind"] | null;
  title: string;
  text: string | null;
  /** The title and the text with links in them; null for a kind unknown to the page. */
  withLinks: ((links: NotificationLinks) => { title: ReactNode; text: ReactNode }) | null;
  /** A path of this site; null when there is nothing to open. */
  href: string | null;
  /** Id that the cover is drawn from. */
  artId: string;
}

/** Kinds without messages use the title and message that are stored with them. */
export function useNotificationText(): (notification: NotificationView) => NotificationText {
  const t = useTranslations("notifications");
  const money = useMoneyFormatter();
  const formatBonuses = useBonusFormatter();
  // Bonuses are counted, whatever the currency of the purchase.
  const formatAmount = (kind: TypedNotification["kind"], data: { amountMinor: number; currency: string }) =>
    kind === "bonus" || kind === "bonus_reversed" ? formatBonuses(data.amountMinor) : money(data);
  return ({ id, kind, data, title, message }) => {
    const notice = parseNotification(kind, data);
    if (!notice) {
      return {
        kind: null,
        title: isolate(title ?? t("untitled")),
        text: message,
        withLinks: null,
        href: null,
        artId: id,
      };
    }
    const values = {
      title: isolate("title" in notice.data ? notice.data.title : ""),
      amount: "amountMinor" in notice.data ? formatAmount(notice.kind, notice.data) : "",
      quantity: notice.kind === "sale" ? notice.data.quantity : 1,
      who: isolate(actorName(notice) ?? t("unknownUser")),
      chat: isolate("chatTitle" in notice.data ? (notice.data.chatTitle ?? "") : ""),
      isGroup: "chatTitle" in notice.data && notice.data.chatTitle !== null ? "yes" : "no",
    };
    const orderId = "orderId" in notice.data ? notice.data.orderId : null;
    const chatId = "chatId" in notice.data ? notice.data.chatId : null;
    return {
      kind: notice.kind,
      title: t.markup(`kinds.${notice.kind}.title`, { ...values, ...plainTags }),
      text: t.markup(`kinds.${notice.kind}.text`, { ...values, ...plainTags }),
      withLinks: ({ subject, person }) => {
        const tags = { subject, person: (name: ReactNode) => person(name, actorHandle(notice)) };
        return {
          title: t.rich(`kinds.${notice.kind}.title`, { ...values, ...tags }),
          text: t.rich(`kinds.${notice.kind}.text`, { ...values, ...tags }),
        };
      },
      href: notificationPath(notice),
      artId: chatId ?? orderId ?? id,
    };
  };
}

/** Name of the acting user; null when their account is deleted or the kind has no actor. */
function actorName({ data }: TypedNotification): string | null {
  if ("authorName" in data) return data.authorName;
  return "byName" in data ? data.byName : null;
}

function actorHandle({ data }: TypedNotification): string | null {
  if ("authorName" in data) return data.authorHandle ?? null;
  return "byName" in data ? (data.byHandle ?? null) : null;
}
