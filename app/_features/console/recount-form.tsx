"use client";

import { useFormatter, useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiResult } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { FailureNote } from "@/app/_ui/failure-note";
import type { Recounts } from "@/lib/ops";
import { MAX_REASON_LENGTH } from "@/lib/schemas/reason-length";

const FIELD =
  "h-12 w-full min-w-0 rounded-xl border border-line-strong bg-ground/70 px-4 text-ink hover:border-muted focus:border-ink";
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Counts a post's views and plays by their rows, and shows the difference. Takes an id, or the address of the post. */
export function RecountForm() {
  const t = useTranslations("viewSync");
  const action = useTranslations("operatorAction");
  const [post, setPost] = useState("");
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<ApiResult<Recounts> | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setOutcome(null);
    const postId = UUID.exec(post)?.[0] ?? post.trim();
    setOutcome(
      await callApi<Recounts>("/api/admin/views/recount", { method: "POST", body: { postId, reason } }),
    );
    setBusy(false);
  };

  return (
    <section className="mt-12" aria-labelledby="recount">
      <h2 id="recount" className="display text-2xl">
        {t("recount")}
      </h2>
      <p className="mt-2 max-w-[60ch] text-muted">{t("recountText")}</p>
      <form
        onSubmit={(event) => void submit(event)}
        className="mt-5 grid items-end gap-3 sm:grid-cols-[2fr_2fr_auto]"
      >
        <label className="flex flex-col gap-1.5 text-sm font-semibold">
          {t("recountPost")}
          <input
            required
            value={post}
            onChange={(event) => setPost(event.target.value)}
            autoComplete="off"
            className={cn(FIELD, "text-base font-normal")}
          />
        </label>
        <label className="flex flex-col gap-1.5 text-sm font-semibold">
          {action("reason")}
          <input
            required
            value={reason}
            maxLength={MAX_REASON_LENGTH}
            onChange={(event) => setReason(event.target.value)}
            autoComplete="off"
            className={cn(FIELD, "text-base font-normal")}
          />
        </label>
        <Button type="submit" look="quiet" aria-disabled={busy} className="min-h-12">
          <span aria-live="polite">{busy ? action("working") : t("recountAction")}</span>
        </Button>
      </form>
      <div role="status" className="mt-4 empty:hidden">
        {outcome?.ok ? <Difference recounts={outcome.data} /> : null}
      </div>
      {outcome && !outcome.ok ? <FailureNote failure={outcome.failure} className="mt-4" /> : null}
    </section>
  );
}

function Difference({ recounts }: { recounts: Recounts }) {
  const t = useTranslations("viewSync");
  const format = useFormatter();
  const show = (count: number | null) => (count === null ? "–" : format.number(count));
  return (
    <dl className="grid gap-3 sm:grid-cols-2">
      {(["views", "plays"] as const).map((counter) => {
        const { stored, counted, publishedBefore, publishedNow } = recounts[counter];
        const difference = counted - stored;
        return (
          <div key={counter} className="rounded-2xl border border-line bg-raised/70 p-5">
            <dt className="text-sm text-muted">{t(`counters.${counter}`)}</dt>
            <dd className="mt-1">
              <p className={cn("display tabular text-2xl", difference !== 0 && "text-danger")}>
                {difference === 0
                  ? t("recountSame")
                  : t("recountDiffers", { difference: format.number(difference, { signDisplay: "always" }) })}
              </p>
              <p className="tabular mt-2 text-sm text-muted">
                {t("recountStored", { stored: show(stored), counted: show(counted) })}
              </p>
              <p className="tabular text-sm text-muted">
                {t("recountSeen", { before: show(publishedBefore), now: show(publishedNow) })}
              </p>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
