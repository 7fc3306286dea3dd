import { Image as ImageIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import type { SentMessage } from "@/lib/schemas/bot-executions";
import { plainText } from "../plain-text";

/** A message of the bot, with what became of it. */
export function MessageBubble({ message }: { message: SentMessage }) {
  const t = useTranslations("botRuns");
  const { text, picture, buttons, state, error, attempts } = message;
  const isUncertain = state === "failed" || state === "unknown";
  return (
    <div className="w-fit max-w-[90%] rounded-2xl rounded-bl-md border border-line bg-raised px-4 py-3 text-sm">
      {picture ? (
        <p className="mb-1 flex items-center gap-2 text-muted">
          <ImageIcon className="size-4 shrink-0" aria-hidden="true" />
          <span className="truncate">{t("picture")}</span>
        </p>
      ) : null}
      <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
        {plainText(text)}
      </p>
      {buttons.length > 0 ? (
        <ul className="mt-2 flex flex-wrap gap-1.5">
          {buttons.map((label, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two buttons may have the same label
            <li key={index} dir="auto" className="rounded-full border border-line-strong px-3 py-0.5 text-xs">
              {label}
            </li>
          ))}
        </ul>
      ) : null}
      <p className={cn("mt-2 text-xs", isUncertain ? "text-danger" : "text-faint")}>
        {t(`messageStates.${state}`)}
        {attempts > 1 ? ` · ${t("attempts", { count: attempts })}` : null}
        {error ? ` · ${error}` : null}
      </p>
    </div>
  );
}
