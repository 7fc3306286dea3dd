"use client";

import { CircleAlert, Clock3 } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Attachments } from "./attachments";
import { Bubble } from "./bubble";
import { useMessageContext } from "./message-context";
import { MessageText } from "./message-text";
import { QuotePreview } from "./quote";
import type { OutgoingMessage } from "./store/conversation-view";
import { isRetryable } from "./store/is-retryable";
import { waitsFor } from "./waits-for";

/** A message that the server does not have yet; until then it is in this browser's outbox. */
export function PendingMessage({ pending, first }: { pending: OutgoingMessage; first: boolean }) {
  const t = useTranslations("chat");
  const { viewerId, retry, discard, moveToComposer } = useMessageContext();
  const isWaiting = pending.state === "failed" && pending.willRetry;
  /** It is sent only if its author acts. */
  const failed = pending.state === "failed" && !pending.willRetry;
  const isRejected = failed && pending.failure !== null && !isRetryable(pending.failure);
  return (
    <article
      aria-label={t("you")}
      data-pending={pending.state}
      className={`relative flex animate-settle justify-end px-2 pl-12 sm:px-3 sm:pl-24 ${first ? "pt-2" : "pt-0.5"}`}
    >
      <div className="flex min-w-0 flex-col items-end gap-1.5">
        <Bubble own first={first} dimmed={!failed}>
          {pending.replyTo ? <QuotePreview quote={pending.replyTo} className="mb-1.5" /> : null}
          <Attachments files={pending.attachments} tabIndex={0} />
          {pending.text ? (
            <MessageText text={pending.text} mentions={[]} viewerId={viewerId} tabIndex={0} />
          ) : null}
          <p className="mt-0.5 flex items-center justify-end gap-1 text-[0.6875rem] leading-4 text-muted">
            {failed ? (
              <span className="inline-flex items-center gap-1 font-semibold text-danger">
                <CircleAlert className="size-3.5" aria-hidden="true" />
                {t("failed")}
              </span>
            ) : (
              <>
                <Clock3 className="size-3" aria-hidden="true" />
                {t(isWaiting ? "waiting" : "sending")}
              </>
            )}
          </p>
        </Bubble>
        {failed || isWaiting ? (
          <>
            {failed && pending.failure ? <FailureNote failure={pending.failure} /> : null}
            <div className="flex flex-wrap items-center justify-end gap-2">
              {isWaiting ? <p className="text-xs text-muted">{t(waitsFor(pending))}</p> : null}
              {isRejected && pending.text ? (
                <Button size="small" look="quiet" onClick={() => moveToComposer(pending)}>
                  {t("takeBack")}
                </Button>
              ) : null}
              {/* A taken `clientId` is rejected permanently. */}
              {pending.failure?.code === "conflict" ? null : (
                <Button size="small" look="quiet" onClick={() => retry(pending.clientId)}>
                  {t("retry")}
                </Button>
              )}
              <Button size="small" look="plain" onClick={() => discard(pending.clientId)}>
                {t("discard")}
              </Button>
            </div>
          </>
        ) : null}
      </div>
    </article>
  );
}
