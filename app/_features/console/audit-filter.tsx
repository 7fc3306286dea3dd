import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { AUDIT_ACTIONS, type AuditAction } from "@/lib/audit";
import { isolate } from "@/lib/schemas/isolate";

export interface AuditFilterValue {
  action?: AuditAction;
  actor?: string;
  subject?: string;
}

interface Props {
  filter: AuditFilterValue;
  /** Name of the filtered actor, or their id when no entry on the page names them. */
  actorName: string | null;
  subjectName: string | null;
}

/** A form that works without JavaScript; actor and subject are chosen by the links in the list. */
export function AuditFilter({ filter, actorName, subjectName }: Props) {
  const t = useTranslations("auditConsole");
  const { action, actor, subject } = filter;
  return (
    <div className="mt-8 flex flex-wrap items-center gap-3">
      <search className="max-sm:w-full">
        <form action="/admin/audit" className="flex gap-2">
          {actor ? <input type="hidden" name="actor" value={actor} /> : null}
          {subject ? <input type="hidden" name="subject" value={subject} /> : null}
          <select
            name="action"
            aria-label={t("filter")}
            defaultValue={action ?? ""}
            key={action ?? ""}
            className="h-11 w-full min-w-0 rounded-full border border-line-strong bg-ground px-4 text-ink hover:border-muted focus:border-ink sm:w-80"
          >
            <option value="">{t("everything")}</option>
            {AUDIT_ACTIONS.map((option) => (
              <option key={option} value={option}>
                {t(`actions.${option}`)}
              </option>
            ))}
          </select>
          <Button type="submit" look="quiet" className="shrink-0">
            {t("show")}
          </Button>
        </form>
      </search>
      {actor && actorName ? (
        <FilterChip name={t("byWhom", { name: isolate(actorName) })} query={omitFilter(filter, "actor")} />
      ) : null}
      {subject && subjectName ? (
        <FilterChip name={t("about", { name: isolate(subjectName) })} query={omitFilter(filter, "subject")} />
      ) : null}
    </div>
  );
}

function omitFilter({ ...filter }: AuditFilterValue, name: keyof AuditFilterValue): AuditFilterValue {
  delete filter[name];
  return filter;
}

/** An active filter; a click removes it. */
function FilterChip({ name, query }: { name: string; query: AuditFilterValue }) {
  const t = useTranslations("auditConsole");
  return (
    <Link
      href={{ pathname: "/admin/audit", query: { ...query } }}
      aria-label={t("clear", { name })}
      className="inline-flex min-h-11 max-w-full items-center gap-2 rounded-full bg-ink/8 py-1 pr-3 pl-4 text-sm font-medium hover:bg-ink/14"
    >
      <span className="truncate">{name}</span>
      <X className="size-4 shrink-0" aria-hidden="true" />
    </Link>
  );
}
