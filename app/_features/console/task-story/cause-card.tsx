import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Link } from "@/app/_ui/link";
import type { TaskStory } from "@/lib/ops";
import { ExactTime } from "./exact-time";

type Cause = TaskStory["cause"];

const LINK = "underline decoration-line-strong underline-offset-4 hover:decoration-ink";

/** The request that began something: its id, who sent it and when, with links to what they did. */
export function CauseCard({ title, cause, taskId }: { title: string; cause: Cause; taskId: string }) {
  const t = useTranslations("taskStory");
  const { person, requestId, traceId, at } = cause;
  return (
    <article className="rounded-2xl border border-line bg-raised/70 p-5" aria-label={title}>
      <h3 className="font-semibold">{title}</h3>
      <dl className="mt-3 grid gap-3 text-sm">
        <Fact name={t("person")}>
          {person ? (
            <>
              <Link href={{ pathname: "/admin/people", query: { q: person.id } }} className={LINK}>
                <bdi className="[overflow-wrap:anywhere]">{person.name}</bdi>
              </Link>
              {" · "}
              <Link href={{ pathname: "/admin/audit", query: { actor: person.id } }} className={LINK}>
                {t("personLog")}
              </Link>
            </>
          ) : (
            <span className="text-muted">{t("noPerson")}</span>
          )}
        </Fact>
        <Fact name={t("when")}>
          <ExactTime at={at} />
        </Fact>
        <Fact name={t("request")}>
          <span className={requestId ? "tabular break-all" : "text-muted"}>
            {requestId ?? t("noRequest")}
          </span>
        </Fact>
        {traceId ? (
          <Fact name={t("trace")}>
            <span className="tabular break-all">{traceId}</span>
          </Fact>
        ) : null}
        {cause.taskId === taskId ? null : (
          <Fact name={t("firstTask")}>
            <Link href={`/admin/tasks/${cause.taskId}`} className={`${LINK} tabular break-all`}>
              {cause.taskId}
            </Link>
          </Fact>
        )}
      </dl>
    </article>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-faint">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
