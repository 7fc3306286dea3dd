"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { Link } from "@/app/_ui/link";
import { newWorkflowSchema, type WorkflowSummary } from "@/lib/schemas/bot-console";
import { createWorkflow } from "./bots-api";

interface Props {
  botId: string;
  workflows: readonly WorkflowSummary[];
  current: string | null;
}

/** The workflows of a bot, one of which the page shows. */
export function WorkflowNav({ botId, workflows, current }: Props) {
  const t = useTranslations("bots");
  const [isAdding, setAdding] = useState(false);
  return (
    <nav aria-label={t("workflows")} className="-mx-4 overflow-x-auto px-4 py-1 sm:mx-0 sm:px-0">
      <ul className="flex w-max gap-2">
        {workflows.map(({ key, command, publishedNumber, draftChangedAt }) => (
          <li key={key}>
            <Link
              href={{ pathname: `/bots/${botId}`, query: { workflow: key } }}
              scroll={false}
              aria-current={key === current ? "page" : undefined}
              className={cn(
                "flex min-h-14 min-w-28 flex-col justify-center rounded-2xl border px-4 py-1.5 transition-colors",
                key === current
                  ? "border-ink bg-ink text-ground [scroll-initial-target:nearest]"
                  : "border-line-strong hover:border-ink",
              )}
            >
              <span className="text-sm font-semibold">{command === null ? key : `/${command}`}</span>
              <span className={cn("text-xs", key === current ? "opacity-80" : "text-muted")}>
                {publishedNumber === null
                  ? t("workflow.unpublished")
                  : t("workflow.version", { number: publishedNumber })}
                {draftChangedAt === null ? null : ` · ${t("workflow.draft")}`}
              </span>
            </Link>
          </li>
        ))}
        <li>
          <Button look="plain" onClick={() => setAdding(true)} className="min-h-14">
            <Plus className="size-4" aria-hidden="true" />
            {t("newWorkflow.action")}
          </Button>
        </li>
      </ul>
      {isAdding ? <NewWorkflowDialog botId={botId} onClose={() => setAdding(false)} /> : null}
    </nav>
  );
}

function NewWorkflowDialog({ botId, onClose }: { botId: string; onClose: () => void }) {
  const t = useTranslations("bots.newWorkflow");
  const router = useRouter();
  const { formProps, field, busy, failure } = useForm({
    schema: newWorkflowSchema,
    initial: { key: "", command: "" },
    toInput: ({ key, command }) => ({ key, command: command.replace(/^\//, "").trim() || null }),
    send: (input) => createWorkflow(botId, input),
    onSuccess: ({ workflow }) => {
      onClose();
      router.push(`/bots/${botId}?workflow=${workflow.key}`);
    },
  });
  return (
    <Dialog title={t("title")} onClose={onClose}>
      {() => (
        <form {...formProps} className="flex flex-col gap-3">
          <Field
            {...field("key")}
            label={t("key")}
            hint={t("keyHint")}
            autoComplete="off"
            spellCheck={false}
          />
          <Field
            {...field("command")}
            label={t("command")}
            hint={t("commandHint")}
            autoComplete="off"
            spellCheck={false}
            optional
          />
          {failure ? <FailureNote failure={failure} /> : null}
          <div>
            <SubmitButton busy={busy} label={t("submit")} busyLabel={t("submitting")} />
          </div>
        </form>
      )}
    </Dialog>
  );
}
