import { MailQuestion } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { PersonView } from "@/lib/ops";
import { isolate } from "@/lib/schemas/isolate";
import { BlockedBadge } from "./blocked-badge";
import { RoleForm } from "./role-form";

interface Props {
  person: PersonView;
  /** The viewer themselves, who cannot change their own role. */
  isViewer: boolean;
  renderedAt: number;
}

const TONES = {
  listener: "border-line text-muted",
  artist: "border-line-strong text-ink",
  admin: "border-ink bg-ink text-ground",
} as const;

export function PersonCard({ person, isViewer, renderedAt }: Props) {
  const t = useTranslations("peopleConsole");
  const { id, name, email, role, confirmed, blockedAt, createdAt } = person;
  return (
    <li className="grid gap-x-6 gap-y-3 border-b border-line py-5 last:border-0 md:grid-cols-[minmax(0,1fr)_auto]">
      <div className="min-w-0">
        <h2
          id={id}
          className="flex flex-wrap items-center gap-x-3 gap-y-1 text-lg leading-snug font-semibold"
        >
          <Link
            href={`/admin/people/${id}`}
            className="underline decoration-line-strong underline-offset-4 [overflow-wrap:anywhere] hover:decoration-ink"
          >
            <bdi>{name}</bdi>
          </Link>
          <span className={cn("rounded-full border px-2.5 text-xs leading-6 font-semibold", TONES[role])}>
            {t(`roles.${role}`)}
          </span>
          {blockedAt ? <BlockedBadge /> : null}
          {isViewer ? <span className="text-sm font-normal text-faint">{t("you")}</span> : null}
        </h2>
        <p className="text-muted [overflow-wrap:anywhere]">{email}</p>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 text-sm text-faint">
          <span>
            {t.rich("joined", { time: () => <RelativeTime at={createdAt} renderedAt={renderedAt} /> })}
          </span>
          {confirmed ? null : (
            <span className="inline-flex items-center gap-1.5">
              <MailQuestion className="size-4" aria-hidden="true" />
              {t("unconfirmed")}
            </span>
          )}
        </p>
      </div>
      <div className="flex flex-wrap items-start gap-2 max-md:-ml-5 md:w-96 md:justify-end">
        <Button asChild look="plain">
          <Link
            href={{ pathname: "/admin/audit", query: { subject: `user:${id}` } }}
            aria-label={t("logOf", { name: isolate(name) })}
          >
            {t("log")}
          </Link>
        </Button>
        {isViewer ? null : <RoleForm key={role} id={id} name={name} role={role} />}
      </div>
    </li>
  );
}
