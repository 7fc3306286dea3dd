import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";

const SECTIONS = ["overview", "tasks", "alerts", "people", "bots", "audit", "analytics", "views"] as const;

export type ConsoleSection = (typeof SECTIONS)[number];

/** Navigation between the console pages, with the number of open alerts. */
export function ConsoleNav({ current, alerts }: { current: ConsoleSection; alerts: number | null }) {
  const t = useTranslations("console");
  const alertTexts = useTranslations("alertConsole");
  return (
    <nav aria-label={t("sections")} className="-mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <ul className="flex w-max gap-1">
        {SECTIONS.map((section) => (
          <li key={section}>
            <Link
              href={section === "bots" ? "/bots" : section === "overview" ? "/admin" : `/admin/${section}`}
              aria-current={section === current ? "page" : undefined}
              className={cn(
                "inline-flex min-h-11 items-center gap-2 rounded-full border px-4 text-sm font-medium transition-colors",
                section === current
                  ? "border-ink bg-ink text-ground [scroll-initial-target:nearest]"
                  : "border-line text-muted hover:border-line-strong hover:text-ink",
              )}
            >
              {t(section)}
              {section === "alerts" && alerts ? (
                <span className="tabular rounded-full bg-danger px-1.5 text-xs leading-5 font-bold text-ground">
                  <span aria-hidden="true">{alerts}</span>
                  <span className="sr-only">{alertTexts("open", { count: alerts })}</span>
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
