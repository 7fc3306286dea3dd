import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { TaskState } from "@/lib/schemas/enums";

interface Props {
  queues: readonly string[];
  queue: string;
  state: TaskState | "";
  error: string;
  about: string;
  /** ISO 8601. */
  from: string;
  to: string;
}

const FIELD =
  "h-11 w-full min-w-0 rounded-full border border-line-strong bg-ground/70 px-5 text-ink placeholder:text-faint hover:border-muted focus:border-ink";

/** A form that works without JavaScript; the filter is in the URL. */
export function TaskFilter({ queues, queue, state, error, about, from, to }: Props) {
  const t = useTranslations("taskConsole");
  return (
    <search className="mt-10 block">
      <form action="/admin/tasks" className="grid grid-cols-1 gap-2 sm:grid-cols-2 lg:grid-cols-3">
        <select name="queue" defaultValue={queue} aria-label={t("queue")} className={FIELD}>
          <option value="">{t("anyQueue")}</option>
          {queues.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <select name="state" defaultValue={state} aria-label={t("state")} className={FIELD}>
          <option value="">{t("anyState")}</option>
          {Object.values(TaskState).map((name) => (
            <option key={name} value={name}>
              {t(`states.${name}`)}
            </option>
          ))}
        </select>
        <input
          type="search"
          name="error"
          defaultValue={error}
          aria-label={t("errorText")}
          placeholder={t("errorText")}
          maxLength={200}
          autoComplete="off"
          className={FIELD}
        />
        <input
          type="search"
          name="about"
          defaultValue={about}
          aria-label={t("about")}
          placeholder={t("about")}
          maxLength={36}
          autoComplete="off"
          className={FIELD}
        />
        <TimeField name="from" label={t("from")} value={from} />
        <TimeField name="to" label={t("to")} value={to} />
        <Button type="submit" look="quiet" className="sm:col-span-2 lg:col-span-1">
          <Search className="size-5" aria-hidden="true" />
          {t("find")}
        </Button>
      </form>
    </search>
  );
}

/** In UTC, as all times of the console's tasks. */
function TimeField({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <label className="flex items-center gap-3 text-sm text-muted">
      <span className="shrink-0">{label}</span>
      <input type="datetime-local" name={name} defaultValue={value.slice(0, 16)} className={FIELD} />
    </label>
  );
}
