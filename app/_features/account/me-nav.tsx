"use client";

import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";

const PAGES = [
  { key: "profile", href: "/me" },
  { key: "numbers", href: "/me/numbers" },
  { key: "devices", href: "/me/devices" },
  { key: "security", href: "/me/security" },
  { key: "notifications", href: "/me/notifications" },
  { key: "contacts", href: "/me/contacts" },
  { key: "tokens", href: "/me/tokens" },
  { key: "bots", href: "/bots" },
  { key: "data", href: "/me/data" },
] as const;

/** Navigation between the account pages. Listeners have no bots. */
export function MeNav({ hasBots }: { hasBots: boolean }) {
  const t = useTranslations("me");
  const pathname = usePathname();
  const list = useRef<HTMLUListElement>(null);
  // On phones the row is wider than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new path changes the current item
  useEffect(() => {
    list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [pathname]);
  return (
    <nav aria-label={t("pages")} className="-mx-4 mt-8 overflow-x-auto px-4 pb-1 sm:mx-0 sm:mt-10 sm:px-0">
      <ul ref={list} className="flex w-max gap-1.5">
        {PAGES.filter(({ key }) => hasBots || key !== "bots").map(({ key, href }) => (
          <li key={key}>
            <Link
              href={href}
              aria-current={pathname === href ? "page" : undefined}
              className={cn(
                "inline-flex min-h-11 items-center rounded-full border px-4 text-sm font-semibold transition-colors sm:px-5",
                pathname === href
                  ? "border-ink bg-ink text-ground"
                  : "border-line-strong text-muted hover:border-ink hover:text-ink",
              )}
            >
              {t(key)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
