import { useTranslations } from "next-intl";
import type { TaskStory } from "@/lib/ops";
import { ExactTime } from "./exact-time";
import { StoryNote } from "./section";

/** What QStash did with the task's messages; or that it does not answer. */
export function MessageList({
  messages,
  messageId,
}: {
  messages: TaskStory["messages"];
  messageId: string | null;
}) {
  const t = useTranslations("taskStory");
  if (!messages.available) {
    return (
      <p role="status" className="rounded-2xl bg-danger-ground p-5 text-danger">
        {t("messagesDown")}
      </p>
    );
  }
  if (messages.events.length === 0) return <StoryNote>{t(messageId ? "noEvents" : "noMessages")}</StoryNote>;
  return (
    <ol className="rounded-2xl border border-line bg-raised/70 px-5">
      {messages.events.map((event) => (
        <li
          key={`${event.messageId} ${event.at} ${event.state}`}
          className="border-b border-line py-3 text-sm last:border-0"
        >
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-semibold">{event.state}</span>
            <ExactTime at={event.at} className="tabular text-muted" />
            {event.responseStatus ? (
              <span className="tabular text-muted">HTTP {event.responseStatus}</span>
            ) : null}
          </p>
          {event.error ? (
            <p dir="auto" className="text-danger [overflow-wrap:anywhere]">
              {event.error}
            </p>
          ) : null}
          {event.nextDeliveryAt ? (
            <p className="text-muted">
              {t.rich("nextDelivery", { time: () => <ExactTime at={event.nextDeliveryAt ?? ""} /> })}
            </p>
          ) : null}
          <p className="tabular text-xs break-all text-faint">{event.messageId}</p>
        </li>
      ))}
    </ol>
  );
}
