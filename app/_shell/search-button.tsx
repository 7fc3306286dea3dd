"use client";

import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import type { MouseEvent } from "react";
import { loadSearchMenu, openSearchMenu } from "@/app/_features/search/open-search-menu";
import { Link } from "@/app/_ui/link";
import { useMounted } from "@/app/_ui/use-mounted";

/** Opens the command menu. A link to the search's page without scripts, or in another tab. */
export function SearchButton({ variant }: { variant: "rail" | "top" }) {
  const t = useTranslations("shell");
  const mounted = useMounted();
  const onClick = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (openSearchMenu()) event.preventDefault();
  };
  const preload = () => void loadSearchMenu().catch(() => undefined);
  if (variant === "top")
    return (
      <Link
        href="/search"
        aria-label={t("search")}
        onClick={onClick}
        onPointerDown={preload}
        className="inline-flex size-11 items-center justify-center rounded-full text-muted transition-colors hover:bg-raised hover:text-ink"
      >
        <Search className="size-5" aria-hidden="true" />
      </Link>
    );
  return (
    <Link
      href="/search"
      onClick={onClick}
      onPointerEnter={preload}
      className="mb-3 flex min-h-11 items-center gap-3 rounded-full border border-line px-3 text-[0.9375rem] text-muted transition-colors hover:border-line-strong hover:text-ink max-lg:justify-center max-lg:px-0"
    >
      <Search className="size-[1.2rem] shrink-0" aria-hidden="true" />
      <span className="grow max-lg:sr-only">{t("search")}</span>
      {mounted ? (
        <span aria-hidden="true" className="text-xs text-faint max-lg:hidden">
          {/Mac|iPhone|iPad/.test(navigator.platform) ? "⌘K" : "Ctrl K"}
        </span>
      ) : null}
    </Link>
  );
}
