import { CircleUserRound, Disc3, Gauge, LogIn, Plus, ShoppingBag, Trophy } from "lucide-react";
import { useTranslations } from "next-intl";
import { Mark, Wordmark } from "@/app/_art/brand/mark";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { ChatLink } from "./chat-link";
import { NavLink } from "./nav-link";
import { NotificationBell } from "./notification-bell";
import { SearchButton } from "./search-button";
import { SettingsButton } from "./settings-popover";
import type { ShellViewer } from "./viewer";

export function TopBar({ viewer, unread }: { viewer: ShellViewer | null; unread: number }) {
  const t = useTranslations("shell");
  return (
    <header className="phone-bar @container sticky top-0 z-30 flex items-center justify-between border-b border-line bg-ground/85 py-1.5 pr-2 pl-4 backdrop-blur-lg sm:hidden">
      <Link href="/" aria-label={t("home")} className="flex items-center gap-2.5 py-1">
        <Mark className="size-8" />
        <Wordmark
          className={cn(
            "mt-0.5 w-30",
            // An administrator has a button more.
            viewer?.role === "admin" ? "@max-[22rem]:hidden" : "@max-[18rem]:hidden",
          )}
        />
      </Link>
      <div className="flex items-center">
        {viewer?.role === "admin" ? (
          <Link
            href="/admin"
            aria-label={t("admin")}
            className="flex size-11 items-center justify-center rounded-full text-muted hover:text-ink"
          >
            <Gauge className="size-5" aria-hidden="true" />
          </Link>
        ) : null}
        <SearchButton variant="top" />
        {/* rail.tsx explains the key */}
        {viewer ? <NotificationBell key={Date.now()} variant="top" unread={unread} /> : null}
        <SettingsButton />
      </div>
    </header>
  );
}

/** Six places: where they are too narrow for a label, as on a zoomed page, the icons stand alone. */
export function BottomBar({
  viewer,
  unreadMessages,
}: {
  viewer: ShellViewer | null;
  unreadMessages: number;
}) {
  const t = useTranslations("shell");
  return (
    <nav
      aria-label={t("main")}
      className="phone-bar fixed inset-x-0 bottom-0 z-30 @container grid auto-cols-fr grid-flow-col border-t border-line bg-ground/90 pb-[env(safe-area-inset-bottom)] backdrop-blur-lg sm:hidden"
    >
      <NavLink
        variant="bar"
        href="/"
        label={t("feed")}
        icon={<Disc3 className="size-6" aria-hidden="true" />}
      />
      <ChatLink variant="bar" unread={unreadMessages} />
      <Link
        href="/posts/new"
        aria-label={t("newPost")}
        className="m-auto flex h-10 w-full max-w-16 items-center justify-center rounded-full bg-accent text-on-accent"
      >
        <Plus className="size-6" aria-hidden="true" />
      </Link>
      <NavLink
        variant="bar"
        href="/shop"
        label={t("shop")}
        icon={<ShoppingBag className="size-6" aria-hidden="true" />}
      />
      <NavLink
        variant="bar"
        href="/leaderboards"
        label={t("leaderboard")}
        icon={<Trophy className="size-6" aria-hidden="true" />}
      />
      {viewer ? (
        <NavLink
          variant="bar"
          href="/me"
          label={t("account")}
          icon={<CircleUserRound className="size-6" aria-hidden="true" />}
        />
      ) : (
        <NavLink
          variant="bar"
          href="/sign-in"
          label={t("signIn")}
          icon={<LogIn className="size-6" aria-hidden="true" />}
        />
      )}
    </nav>
  );
}
