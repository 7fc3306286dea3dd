import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { TaskState } from "@/lib/schemas/enums";

interface Props {
  queues: readonly string[];
  queue: string;
  state: TaskState | "";
  error: string;
}

const FIELD =
  "h-11 w-full min-w-0 rounded-full border border-line-strong bg-ground/70 px-5 text-ink placeholder:text-faint hover:border-muted focus:border-ink";

/** A form that works without JavaScript; the filter is in the URL. */
export function TaskFilter({ queues, queue, state, error }: Props) {
  const t = useTranslations("taskConsole");
  return (
    <search className="mt-10 block">
      <form action="/admin/tasks" className="grid gap-2 sm:grid-cols-[1fr_1fr_2fr_auto]">
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
        <Button type="submit" look="quiet" size="icon" aria-label={t("find")} className="shrink-0">
          <Search className="size-5" aria-hidden="true" />
        </Button>
      </form>
    </search>
  );
}
