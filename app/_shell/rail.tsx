import {
  BookOpen,
  CircleUserRound,
  Coins,
  Disc3,
  Gauge,
  LogIn,
  Plus,
  Receipt,
  ShoppingBag,
  Trophy,
} from "lucide-react";
import { useTranslations } from "next-intl";
import { Mark, Wordmark } from "@/app/_art/brand/mark";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { ChatLink } from "./chat-link";
import { LanguageSwitch } from "./language-switch";
import { NavLink } from "./nav-link";
import { NotificationBell } from "./notification-bell";
import { SearchButton } from "./search-button";
import { SettingsButton } from "./settings-popover";
import { ThemeSwitch } from "./theme-switch";
import type { ShellViewer } from "./viewer";

const ICON_CLASS = "size-[1.35rem] shrink-0";

interface Props {
  viewer: ShellViewer | null;
  unread: number;
  unreadMessages: number;
}

/** The left rail: icons from 640 px, with labels from 1024 px. */
export function Rail({ viewer, unread, unreadMessages }: Props) {
  const t = useTranslations("shell");
  return (
    <header className="sticky top-0 hidden h-dvh w-20 shrink-0 flex-col overflow-y-auto border-r border-line px-3 py-5 sm:flex lg:w-62 lg:px-4">
      <Link
        href="/"
        aria-label={t("home")}
        className="mb-7 flex items-center gap-3 rounded-xl px-1 max-lg:justify-center lg:px-2"
      >
        <Mark className="size-9 shrink-0" />
        <Wordmark className="mt-0.5 w-34 max-lg:hidden" />
      </Link>

      <SearchButton variant="rail" />
      <nav aria-label={t("main")} className="flex flex-col gap-1">
        <NavLink
          variant="rail"
          href="/"
          label={t("feed")}
          icon={<Disc3 className={ICON_CLASS} aria-hidden="true" />}
        />
        <ChatLink variant="rail" unread={unreadMessages} />
        <NavLink
          variant="rail"
          href="/shop"
          label={t("shop")}
          icon={<ShoppingBag className={ICON_CLASS} aria-hidden="true" />}
        />
        <NavLink
          variant="rail"
          href="/leaderboards"
          label={t("leaderboard")}
          icon={<Trophy className={ICON_CLASS} aria-hidden="true" />}
        />
        {viewer ? (
          <NavLink
            variant="rail"
            href="/orders"
            label={t("orders")}
            icon={<Receipt className={ICON_CLASS} aria-hidden="true" />}
          />
        ) : null}
        {viewer ? (
          <NavLink
            variant="rail"
            href="/bonuses"
            label={t("bonuses")}
            icon={<Coins className={ICON_CLASS} aria-hidden="true" />}
          />
        ) : null}
        {/* the key resets the bell: a newly rendered shell has a newer count than the bell's state */}
        {viewer ? <NotificationBell key={Date.now()} variant="rail" unread={unread} /> : null}
        {viewer ? (
          <NavLink
            variant="rail"
            href="/me"
            label={t("account")}
            icon={<CircleUserRound className={ICON_CLASS} aria-hidden="true" />}
          />
        ) : (
          <NavLink
            variant="rail"
            href="/sign-in"
            label={t("signIn")}
            icon={<LogIn className={ICON_CLASS} aria-hidden="true" />}
          />
        )}
        {viewer?.role === "admin" ? (
          <NavLink
            variant="rail"
            href="/admin"
            label={t("admin")}
            icon={<Gauge className={ICON_CLASS} aria-hidden="true" />}
          />
        ) : null}
        {viewer?.role === "listener" ? null : (
          <NavLink
            variant="rail"
            href="/docs"
            label={t("docs")}
            icon={<BookOpen className={ICON_CLASS} aria-hidden="true" />}
          />
        )}
      </nav>

      <Button asChild size="normal" className="mt-4 max-lg:size-11 max-lg:self-center max-lg:px-0">
        <Link href="/posts/new" aria-label={t("newPost")}>
          <Plus className="size-5" aria-hidden="true" />
          <span className="max-lg:hidden">{t("newPost")}</span>
        </Link>
      </Button>

      <div className="mt-auto flex flex-wrap items-center justify-between gap-2 pt-6 max-lg:hidden">
        <ThemeSwitch />
        <LanguageSwitch />
      </div>
      <div className="mt-auto self-center pt-6 lg:hidden">
        <SettingsButton />
      </div>
    </header>
  );
}
