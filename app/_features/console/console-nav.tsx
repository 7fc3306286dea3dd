import { ChevronDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";

const SECTIONS = [
  ...(["overview", "tasks", "alerts", "people", "reports", "limits", "audit"] as const),
  ...(["views", "caches", "live", "redis", "analytics", "bots"] as const),
] as const;

export type ConsoleSection = (typeof SECTIONS)[number];

interface Props {
  current: ConsoleSection;
  /** Number of open alerts; null when unknown. */
  alerts: number | null;
}

/**
 * Navigation between the console pages, with the number of open alerts. Phones have it as a menu, which works without
 * scripts and is closed on the next page.
 */
export function ConsoleNav({ current, alerts }: Props) {
  const t = useTranslations("console");
  return (
    <nav aria-label={t("sections")}>
      <details key={current} className="group relative sm:hidden">
        <summary className="flex min-h-12 list-none items-center justify-between gap-3 rounded-full border border-line-strong bg-raised/70 px-5 font-semibold [&::-webkit-details-marker]:hidden">
          <span className="flex items-center gap-2">
            {t(current)}
            <AlertCount alerts={alerts} />
          </span>
          <span className="flex items-center gap-2 text-sm font-normal text-muted">
            {t("menu")}
            <ChevronDown
              className="size-5 transition-transform group-open:rotate-180 motion-reduce:transition-none"
              aria-hidden="true"
            />
          </span>
        </summary>
        <ul className="mt-2 grid grid-cols-2 gap-1 rounded-2xl border border-line bg-raised/70 p-2">
          {SECTIONS.map((section) => (
            <li key={section}>
              <SectionLink
                section={section}
                current={current}
                alerts={alerts}
                className="w-full rounded-xl"
              />
            </li>
          ))}
        </ul>
      </details>
      <ul className="flex flex-wrap gap-1 max-sm:hidden">
        {SECTIONS.map((section) => (
          <li key={section}>
            <SectionLink section={section} current={current} alerts={alerts} className="rounded-full" />
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SectionLink({
  section,
  current,
  alerts,
  className,
}: Props & { section: ConsoleSection; className: string }) {
  const t = useTranslations("console");
  return (
    <Link
      href={section === "bots" ? "/bots" : section === "overview" ? "/admin" : `/admin/${section}`}
      aria-current={section === current ? "page" : undefined}
      className={cn(
        "inline-flex min-h-11 items-center gap-2 border px-4 text-sm font-medium transition-colors",
        section === current
          ? "border-ink bg-ink text-ground"
          : "border-line text-muted hover:border-line-strong hover:text-ink",
        className,
      )}
    >
      {t(section)}
      {section === "alerts" ? <AlertCount alerts={alerts} /> : null}
    </Link>
  );
}

function AlertCount({ alerts }: { alerts: number | null }) {
  const t = useTranslations("alertConsole");
  if (!alerts) return null;
  return (
    <span className="tabular rounded-full bg-danger px-1.5 text-xs leading-5 font-bold text-ground">
      <span aria-hidden="true">{alerts}</span>
      <span className="sr-only">{t("open", { count: alerts })}</span>
    </span>
  );
}
