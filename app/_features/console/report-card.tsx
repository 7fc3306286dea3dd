import { Flag } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { PersonLink } from "@/app/_ui/person-link";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { ReportView } from "@/lib/schemas/report";
import { OperatorAction } from "./operator-action";

/** One report: why, what it is about as that was and as it is now, and what an operator can do. */
export function ReportCard({ report, renderedAt }: { report: ReportView; renderedAt: number }) {
  const t = useTranslations("reportConsole");
  const { content, reported, reporter } = report;
  const hasChanged =
    reported !== null && (reported.title !== content?.title || reported.text !== content.text);
  const author = content?.author ?? reported?.author;
  return (
    <article
      aria-labelledby={report.id}
      className="grid gap-x-5 gap-y-4 rounded-2xl border border-line bg-raised/70 p-5 sm:grid-cols-[auto_minmax(0,1fr)]"
    >
      <span className="flex size-11 items-center justify-center rounded-full bg-danger-ground text-danger">
        <Flag className="size-5" aria-hidden="true" />
      </span>
      <div className="min-w-0">
        <h2 id={report.id} className="text-lg font-semibold">
          {t("heading", { reason: t(`reasons.${report.reason}`), target: t(`targets.${report.target}`) })}
        </h2>
        <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-faint">
          <RelativeTime at={report.createdAt} renderedAt={renderedAt} />
          <span>
            {t("from")} <PersonLink name={reporter?.name ?? t("erased")} handle={reporter?.handle} />
          </span>
        </p>
        {report.text ? (
          <p dir="auto" className="mt-3 whitespace-pre-line [overflow-wrap:anywhere]">
            {report.text}
          </p>
        ) : null}
        {hasChanged ? (
          <>
            <p className="mt-3 text-xs font-semibold text-muted">{t("asReported")}</p>
            <ReportedContent content={{ ...reported, path: null }} isPerson={report.target === "person"} />
            {content ? <p className="mt-3 text-xs font-semibold text-muted">{t("asNow")}</p> : null}
          </>
        ) : null}
        <ReportedContent content={content} isPerson={report.target === "person"} />
        {report.closedFor === null ? null : (
          <p className="mt-3 text-sm text-muted">
            {t(`closed.${report.state === "resolved" ? "resolved" : "dismissed"}`)}{" "}
            <bdi>{report.closedFor}</bdi>
          </p>
        )}
        <div className="mt-4 flex flex-wrap items-start gap-2">
          {report.state === "open" ? (
            <>
              <OperatorAction
                path={`/api/admin/reports/${report.id}/close`}
                body={{ outcome: "resolved" }}
                label={t("resolve")}
                title={t("resolveTitle")}
                text={t("resolveText")}
                confirm={t("resolve")}
                look="primary"
                size="small"
              />
              <OperatorAction
                path={`/api/admin/reports/${report.id}/close`}
                body={{ outcome: "dismissed" }}
                label={t("dismiss")}
                title={t("dismissTitle")}
                text={t("dismissText")}
                confirm={t("dismiss")}
                size="small"
              />
            </>
          ) : null}
          {author ? (
            <Button asChild look="plain" size="small">
              <Link href={`/admin/people/${author.id}`}>{t("toAccount")}</Link>
            </Button>
          ) : null}
        </div>
      </div>
    </article>
  );
}

function ReportedContent({ content, isPerson }: Pick<ReportView, "content"> & { isPerson: boolean }) {
  const t = useTranslations("reportConsole");
  if (!content) return <p className="mt-3 text-sm text-muted italic">{t("gone")}</p>;
  return (
    <blockquote className="mt-3 rounded-xl border-l-4 border-line-strong bg-ground/60 px-4 py-3">
      {content.title === null ? null : (
        <p className="font-semibold">
          {content.path === null ? (
            <bdi>{content.title}</bdi>
          ) : (
            <Link href={content.path} className="underline-offset-4 hover:underline">
              <bdi>{content.title}</bdi>
            </Link>
          )}
        </p>
      )}
      {content.text ? (
        <p dir="auto" className="mt-1 whitespace-pre-line text-sm [overflow-wrap:anywhere]">
          {content.text}
        </p>
      ) : null}
      {content.author && !isPerson ? (
        <p className="mt-2 text-xs text-muted">
          <PersonLink name={content.author.name} handle={content.author.handle} />
        </p>
      ) : null}
    </blockquote>
  );
}
