import {
  Ban,
  BellOff,
  BellRing,
  Bot,
  Download,
  Flag,
  Gauge,
  KeyRound,
  LogIn,
  LogOut,
  type LucideIcon,
  Mail,
  PackageX,
  Pause,
  PenLine,
  Play,
  RotateCcw,
  Send,
  ShieldAlert,
  Trash2,
  Undo2,
  Unlink,
  UserCog,
  UserPlus,
  Workflow,
} from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { RelativeTime } from "@/app/_ui/relative-time";
import { AUDIT_ACTIONS, type AuditAction, type AuditEntryView } from "@/lib/audit";
import { isolate } from "@/lib/schemas/isolate";
import { parseUserAgent } from "@/lib/sessions";

const ICONS: Readonly<Record<AuditAction, LucideIcon>> = {
  sign_up: UserPlus,
  sign_in: LogIn,
  sign_in_failed: ShieldAlert,
  sign_out: LogOut,
  password_confirm_failed: ShieldAlert,
  sessions_ended: LogOut,
  refresh_reused: ShieldAlert,
  password_changed: KeyRound,
  password_change_failed: ShieldAlert,
  password_reset_asked: KeyRound,
  password_reset: KeyRound,
  address_change_asked: Mail,
  address_changed: Mail,
  address_confirmed: Mail,
  name_changed: PenLine,
  handle_changed: PenLine,
  telegram_linked: Send,
  telegram_unlinked: Unlink,
  role_changed: UserCog,
  account_blocked: Ban,
  account_unblocked: Undo2,
  account_exported: Download,
  account_deleted: Trash2,
  account_erased: Trash2,
  task_cancelled: BellOff,
  task_replayed: RotateCcw,
  task_edited: PenLine,
  queue_paused: Pause,
  queue_resumed: Play,
  alert_closed: BellOff,
  report_dismissed: Flag,
  report_resolved: Flag,
  refund_asked: Undo2,
  product_archived: PackageX,
  bot_added: Bot,
  bot_token_changed: KeyRound,
  bot_renamed: PenLine,
  bot_paused: Bot,
  bot_resumed: Bot,
  bot_deleted: Trash2,
  workflow_added: Workflow,
  workflow_deleted: Trash2,
  workflow_published: Workflow,
  workflow_rolled_back: Undo2,
  workflow_tested: Send,
  workflows_imported: Download,
  execution_resumed: RotateCcw,
  execution_cancelled: BellOff,
  execution_moved: Undo2,
  sessions_cleared: ShieldAlert,
  limits_lifted: Gauge,
  tasks_redriven: RotateCcw,
  tasks_cancelled: BellOff,
  alert_tested: BellRing,
  cache_cleared: Trash2,
  presence_cleared: Trash2,
  redis_restored: Undo2,
  redis_key_deleted: Trash2,
  redis_key_expired: Trash2,
  redis_kind_deleted: Trash2,
  redis_backed_up: Download,
  cache_tag_invalidated: Trash2,
  views_synced: RotateCcw,
  views_recounted: RotateCcw,
};

/** Actions that may point to an intruder. */
const SUSPICIOUS_ACTIONS: ReadonlySet<string> = new Set<AuditAction>([
  "sign_in_failed",
  "password_confirm_failed",
  "password_change_failed",
  "refresh_reused",
  "sessions_cleared",
]);

export function AuditRow({ entry, renderedAt }: { entry: AuditEntryView; renderedAt: number }) {
  const t = useTranslations("auditConsole");
  const action = AUDIT_ACTIONS.find((known) => known === entry.action);
  const Icon = action ? ICONS[action] : KeyRound;
  const suspicious = SUSPICIOUS_ACTIONS.has(entry.action);
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 border-b border-line py-4 last:border-0">
      <span
        className={cn(
          "flex size-11 items-center justify-center rounded-full",
          suspicious ? "bg-danger-ground text-danger" : "bg-ink/6 text-muted",
        )}
      >
        <Icon className="size-5" aria-hidden="true" />
      </span>
      <div className="min-w-0">
        <div className="flex flex-wrap items-baseline justify-between gap-x-6">
          <h2 className={cn("leading-snug font-semibold", suspicious && "text-danger")}>
            {action ? t(`actions.${action}`) : entry.action}
          </h2>
          <RelativeTime at={entry.createdAt} renderedAt={renderedAt} className="text-sm text-faint" />
        </div>
        <p className="mt-0.5 text-muted [overflow-wrap:anywhere]">
          <Actor entry={entry} />
          <Subject entry={entry} />
        </p>
        <EntryDetails entry={entry} />
      </div>
    </li>
  );
}

function FilterLink({
  query,
  name,
  children,
}: {
  query: Record<string, string>;
  name: string;
  children: ReactNode;
}) {
  const t = useTranslations("auditConsole");
  return (
    <Link
      href={{ pathname: "/admin/audit", query }}
      title={t("onlyThis", { name: isolate(name) })}
      className="text-ink underline decoration-line-strong underline-offset-4 hover:decoration-ink"
    >
      {children}
    </Link>
  );
}

function Actor({ entry: { actorId, actorName } }: { entry: AuditEntryView }) {
  const t = useTranslations("auditConsole");
  if (actorId === null) return t("unknownActor");
  const name = actorName ?? t("gone");
  return (
    <FilterLink query={{ actor: actorId }} name={name}>
      <bdi>{name}</bdi>
    </FilterLink>
  );
}

/** The subject of the action, unless it is the actor. */
function Subject({ entry: { actorId, subject, subjectName } }: { entry: AuditEntryView }) {
  const t = useTranslations("auditConsole");
  if (subject === `user:${actorId}` || subject === "app") return null;
  const kind = (["task", "queue", "alert", "order", "product", "bot", "post"] as const).find((prefix) =>
    subject.startsWith(`${prefix}:`),
  );
  // A queue's name is read; an id only distinguishes.
  const id = kind === "queue" ? subject.slice("queue:".length) : subject.slice(-6);
  const name = kind ? `${t(`subjects.${kind}`)} ${id}` : (subjectName ?? t("gone"));
  return (
    <>
      <span aria-hidden="true"> → </span>
      <FilterLink query={{ subject }} name={name}>
        <bdi>{name}</bdi>
      </FilterLink>
    </>
  );
}

/** Device, IP address and the remaining data of the entry. */
function EntryDetails({ entry: { ip, userAgent, data, requestId } }: { entry: AuditEntryView }) {
  const t = useTranslations("auditConsole");
  const devices = useTranslations("devices");
  const { browser, os } = parseUserAgent(userAgent);
  const device = browser && os ? devices("browserOn", { browser, os }) : (browser ?? os);
  const extra = Object.entries(data ?? {}).map(([name, value]) => `${name}: ${isolate(String(value))}`);
  return (
    <p
      title={
        [userAgent, requestId && t("request", { id: requestId })].filter(Boolean).join("\n") || undefined
      }
      className="tabular mt-1 flex flex-wrap gap-x-3 text-xs text-faint [overflow-wrap:anywhere]"
    >
      {[device, ip].filter(Boolean).map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
      {extra.map((fact) => (
        <span key={fact}>{fact}</span>
      ))}
    </p>
  );
}
