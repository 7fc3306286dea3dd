import { UserCog } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import { NodeIcon } from "@/app/_features/bots/editor/node-icon";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { SentMessage, Step } from "@/lib/schemas/bot-executions";
import type { NodeKind } from "@/lib/schemas/workflow";
import { MessageBubble } from "./message-bubble";

interface Props {
  steps: readonly Step[];
  messages: readonly SentMessage[];
  renderedAt: number;
}

/** What a person did and what the bot did about it, in its order, with the messages of each step. */
export function TimelineSteps({ steps, messages, renderedAt }: Props) {
  const t = useTranslations("botRuns");
  return (
    <ol className="mt-5 flex flex-col">
      {steps.map((step) => {
        const sent = messages.filter(({ stepNo }) => stepNo === step.no);
        return (
          <li key={step.no} className="relative flex gap-4 pb-6">
            <span className="flex flex-col items-center">
              <StepIcon kind={step.kind} />
              <span className="mt-1 w-px flex-1 bg-line-strong" aria-hidden="true" />
            </span>
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                <h3 className="font-semibold [overflow-wrap:anywhere]">
                  <StepTitle step={step} />
                </h3>
                <RelativeTime at={step.at} renderedAt={renderedAt} className="text-xs text-faint" />
              </div>
              <p className="text-xs text-faint [overflow-wrap:anywhere]">
                {step.workflowKey} · {step.nodeId}
                {step.versionNumber === null ? null : ` · ${t("version", { number: step.versionNumber })}`}
              </p>
              <StepInput step={step} />
              {step.error ? (
                <p className="mt-2 rounded-xl bg-danger-ground px-3 py-2 text-sm text-danger [overflow-wrap:anywhere]">
                  {t("error", { error: step.error })}
                </p>
              ) : null}
              <StepOutput step={step} />
              {sent.length > 0 ? (
                <ul aria-label={t("messagesOf", { no: step.no })} className="mt-3 flex flex-col gap-2">
                  {sent.map((message) => (
                    <li key={message.id}>
                      <MessageBubble message={message} />
                    </li>
                  ))}
                </ul>
              ) : null}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function useKind(kind: string): NodeKind | null {
  const t = useTranslations("botEditor.kinds");
  return t.has(kind as NodeKind) ? (kind as NodeKind) : null;
}

function StepIcon({ kind }: { kind: string }) {
  const known = useKind(kind);
  if (known) return <NodeIcon kind={known} />;
  return (
    <span className="flex size-8 shrink-0 items-center justify-center rounded-lg bg-ink/8 text-muted">
      <UserCog className="size-4" aria-hidden="true" />
    </span>
  );
}

function StepTitle({ step: { no, kind, input } }: { step: Step }) {
  const t = useTranslations("botRuns");
  const kinds = useTranslations("botEditor.kinds");
  const known = useKind(kind);
  const action = String(input?.action ?? "") as "cancel";
  const name = known
    ? kinds(known)
    : t.has(`operatorActions.${action}`)
      ? t(`operatorActions.${action}`)
      : t("operator");
  return t("stepTitle", { no, name });
}

/** What the person did, which began the step. */
function StepInput({ step: { kind, input } }: { step: Step }) {
  const t = useTranslations("botRuns");
  if (!input) return null;
  if (kind === "operator") {
    const reason = String(input.reason ?? "") as "other";
    return t.has(`reasons.${reason}`) ? (
      <p className="mt-1 text-sm text-muted">
        {t("reason")}: {t(`reasons.${reason}`)}
      </p>
    ) : null;
  }
  const text =
    typeof input.button === "string" || typeof input.button === "number"
      ? t("pressed", { label: String(input.button) })
      : typeof input.phone === "string"
        ? t("sharedPhone")
        : typeof input.text === "string"
          ? t("said", { text: input.text })
          : null;
  if (text === null) return <Facts facts={input} title={t("input")} />;
  return (
    <p
      dir="auto"
      className="mt-2 ml-auto w-fit max-w-[80%] rounded-2xl rounded-br-md bg-ink/10 px-4 py-2 text-sm [overflow-wrap:anywhere]"
    >
      {text}
    </p>
  );
}

function StepOutput({ step: { output } }: { step: Step }) {
  const t = useTranslations("botRuns");
  if (!output || Object.keys(output).length === 0) return null;
  return <Facts facts={output} title={t("output")} />;
}

function Facts({ facts, title }: { facts: Record<string, unknown>; title: string }) {
  const t = useTranslations("botRuns");
  const outlets = useTranslations("botEditor.outlets");
  const format = useFormatter();
  const entries = Object.entries(facts).filter(([, value]) => value !== null && value !== undefined);
  if (entries.length === 0) return null;
  /** Of the bot's own facts; variables have the names that the workflow gave them. */
  const nameOf = (name: string) =>
    t.has(`outputs.${name as "holds"}`) ? t(`outputs.${name as "holds"}`) : name;
  const show = (name: string, value: unknown) => {
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    if (typeof value === "number") return format.number(value);
    if (typeof value !== "string") return JSON.stringify(value);
    if (name === "take" && outlets.has(value as "next")) return outlets(value as "next");
    if (name === "dueAt")
      return `${format.dateTime(new Date(value), { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" })} UTC`;
    return value;
  };
  return (
    <dl aria-label={title} className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {entries.map(([name, value]) => (
        <div key={name} className="flex min-w-0 gap-1.5">
          <dt className="text-faint">{nameOf(name)}</dt>
          <dd dir="auto" className="min-w-0 text-muted [overflow-wrap:anywhere]">
            {show(name, value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
