import { AtSign, Bell, Coins, Gift, MessagesSquare, PackageCheck, Undo2 } from "lucide-react";
import { cn } from "@/app/_ui/cn";
import type { TypedNotification } from "@/lib/schemas/notification-kinds";

const ICONS = {
  sale: Coins,
  sale_refunded: Undo2,
  delivered: PackageCheck,
  refund: Undo2,
  bonus: Gift,
  bonus_reversed: Undo2,
  mention: AtSign,
  chat_invite: MessagesSquare,
} as const satisfies Record<TypedNotification["kind"], typeof Bell>;

/** Kinds about received money, which get the money colour. */
const MONEY_KINDS: ReadonlySet<TypedNotification["kind"] | null> = new Set(["sale", "bonus"]);

export function NotificationIcon({
  kind,
  className,
}: {
  kind: TypedNotification["kind"] | null;
  className?: string;
}) {
  const Icon = kind === null ? Bell : ICONS[kind];
  return (
    <span
      className={cn(
        "flex size-7 items-center justify-center rounded-full bg-ground ring-1 ring-line",
        MONEY_KINDS.has(kind) ? "text-money" : "text-ink",
        className,
      )}
    >
      <Icon className="size-4" aria-hidden="true" />
    </span>
  );
}
