import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { segmentedControl } from "@/app/_shell/segmented-control";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import type { PersonView } from "@/lib/ops";
import { Role } from "@/lib/schemas/enums";

interface Props {
  q: string;
  role: PersonView["role"] | null;
  /** Only blocked accounts. */
  blocked: boolean;
}

/** A form that works without JavaScript; the query is in the URL. */
export function PeopleFilter({ q, role, blocked }: Props) {
  const t = useTranslations("peopleConsole");
  const options = [
    { key: "all", label: t("everyone"), query: {}, isCurrent: role === null && !blocked },
    ...Object.values(Role).map((option) => ({
      key: option,
      label: t(`roles.${option}`),
      query: { role: option },
      isCurrent: option === role,
    })),
    { key: "blocked", label: t("blocked"), query: { blocked: "true" }, isCurrent: blocked },
  ];
  return (
    <div className="mt-8 flex flex-wrap items-center justify-between gap-4">
      <search className="w-full sm:w-auto sm:min-w-96">
        <form action="/admin/people" className="flex gap-2">
          {role ? <input type="hidden" name="role" value={role} /> : null}
          {blocked ? <input type="hidden" name="blocked" value="true" /> : null}
          <input
            type="search"
            name="q"
            defaultValue={q}
            aria-label={t("search")}
            placeholder={t("search")}
            maxLength={100}
            autoComplete="off"
            className="h-11 w-full min-w-0 rounded-full border border-line-strong bg-ground/70 px-5 text-ink placeholder:text-faint hover:border-muted focus:border-ink"
          />
          <Button type="submit" look="quiet" size="icon" aria-label={t("find")} className="shrink-0">
            <Search className="size-5" aria-hidden="true" />
          </Button>
        </form>
      </search>
      <nav aria-label={t("roleFilter")} className={cn(segmentedControl.group, "max-w-full overflow-x-auto")}>
        {options.map(({ key, label, query, isCurrent }) => (
          <Link
            key={key}
            href={{ pathname: "/admin/people", query: { ...(q ? { q } : {}), ...query } }}
            scroll={false}
            aria-current={isCurrent ? "true" : undefined}
            className={cn(
              segmentedControl.item,
              "h-9 px-3 whitespace-nowrap sm:px-4",
              isCurrent && segmentedControl.active,
            )}
          >
            {label}
          </Link>
        ))}
      </nav>
    </div>
  );
}
