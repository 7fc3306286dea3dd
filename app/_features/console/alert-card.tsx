import { TriangleAlert } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { AlertView } from "@/lib/ops";
import { getAlertTitle } from "@/lib/schemas/alert";
import { OperatorAction } from "./operator-action";

export function AlertCard({ alert, renderedAt }: { alert: AlertView; renderedAt: number }) {
  const t = useTranslations("alertConsole");
  const locale = useLocale();
  const link = subjectLink(alert);
  const title = getAlertTitle(alert.kind, locale);
  return (
    <article
      aria-labelledby={alert.id}
      className="grid gap-x-5 gap-y-4 rounded-2xl border border-line bg-raised/70 p-5 sm:grid-cols-[auto_minmax(0,1fr)_auto]"
    >
      <span className="flex size-11 items-center justify-center rounded-full bg-danger-ground text-danger">
        <TriangleAlert className="size-5" aria-hidden="true" />
      </span>
      <div className="min-w-0">
        <h2 id={alert.id} className="text-lg font-semibold">
          {title}
        </h2>
        <p dir="auto" className="mt-1 text-muted [overflow-wrap:anywhere]">
          {alert.message}
        </p>
        <p className="mt-2 flex flex-wrap gap-x-3 text-xs text-faint">
          <RelativeTime at={alert.openedAt} renderedAt={renderedAt} />
          <span className="tabular break-all">{alert.subject}</span>
        </p>
      </div>
      <div className="flex flex-wrap items-start gap-2">
        {link ? (
          <Button asChild look="plain">
            <Link href={link.href}>{t(link.label)}</Link>
          </Button>
        ) : null}
        <OperatorAction
          path={`/api/admin/alerts/${alert.id}/close`}
          label={t("close")}
          labelledFor={t("closeOf", { title })}
          title={t("closeTitle")}
          text={`${title} (${alert.subject}). ${t("closeText")}`}
          confirm={t("close")}
        />
      </div>
    </article>
  );
}

/** Link to the alert's task or order; null when it has none. */
function subjectLink({ kind, subject }: AlertView) {
  if (kind === "task_dead") {
    return { label: "toTask", href: `/admin/tasks/${subject}` } as const;
  }
  const order = /^order:([0-9a-f-]{36})$/.exec(subject)?.[1];
  return order ? ({ label: "toOrder", href: `/orders/${order}` } as const) : null;
}
