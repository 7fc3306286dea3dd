import { X } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { BotExecutionState } from "@/lib/schemas/enums";
import { isolate } from "@/lib/schemas/isolate";

interface Filter {
  state?: BotExecutionState;
  workflow?: string;
  person?: string;
}

interface Props {
  path: string;
  filter: Filter;
  workflows: readonly string[];
  /** Of the person whose executions alone are listed. */
  personName: string | null;
}

const SELECT_CLASS =
  "h-11 min-w-0 rounded-full border border-line-strong bg-ground px-4 text-ink hover:border-muted focus:border-ink max-sm:w-full";

/** A form that works without JavaScript; a person is chosen in the list. */
export function RunFilter({ path, filter: { state, workflow, person }, workflows, personName }: Props) {
  const t = useTranslations("botRuns");
  return (
    <div className="mt-8 flex flex-wrap items-center gap-3">
      <search className="max-sm:w-full">
        <form action={path} aria-label={t("filter")} className="flex flex-wrap gap-2">
          {person ? <input type="hidden" name="person" value={person} /> : null}
          <select
            name="state"
            aria-label={t("state")}
            defaultValue={state ?? ""}
            key={`state ${state}`}
            className={SELECT_CLASS}
          >
            <option value="">{`${t("state")}: ${t("all")}`}</option>
            {Object.values(BotExecutionState).map((option) => (
              <option key={option} value={option}>
                {t(`states.${option}`)}
              </option>
            ))}
          </select>
          <select
            name="workflow"
            aria-label={t("workflow")}
            defaultValue={workflow ?? ""}
            key={`workflow ${workflow}`}
            className={SELECT_CLASS}
          >
            <option value="">{`${t("workflow")}: ${t("all")}`}</option>
            {workflows.map((key) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </select>
          <Button type="submit" look="quiet">
            {t("show")}
          </Button>
        </form>
      </search>
      {personName !== null ? (
        <Link
          href={{ pathname: path, query: { ...(state ? { state } : {}), ...(workflow ? { workflow } : {}) } }}
          aria-label={t("clearPerson", { name: isolate(personName) })}
          className="inline-flex min-h-11 max-w-full items-center gap-2 rounded-full bg-ink/8 py-1 pr-3 pl-4 text-sm font-medium hover:bg-ink/14"
        >
          <span className="truncate">{t("ofPerson", { name: isolate(personName) })}</span>
          <X className="size-4 shrink-0" aria-hidden="true" />
        </Link>
      ) : null}
    </div>
  );
}
