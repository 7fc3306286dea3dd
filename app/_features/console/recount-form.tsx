"use client";

import { useFormatter, useTranslations } from "next-intl";
import { useState } from "react";
import { callApi } from "@/app/_data/call-api";
import { cn } from "@/app/_ui/cn";
import type { Recounts } from "@/lib/ops";
import { ReasonForm, TEXT_INPUT } from "./reason-form";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Counts a post's views and plays by their rows, and shows the difference. Takes an id, or the address of the post. */
export function RecountForm() {
  const t = useTranslations("viewSync");
  const [recounts, setRecounts] = useState<Recounts | null>(null);

  const recount = async (reason: string, form: FormData) => {
    setRecounts(null);
    const post = String(form.get("post"));
    const postId = UUID.exec(post)?.[0] ?? post.trim();
    const result = await callApi<Recounts>("/api/admin/views/recount", {
      method: "POST",
      body: { postId, reason },
    });
    if (!result.ok) return result.failure;
    setRecounts(result.data);
    return null;
  };

  return (
    <section className="mt-12" aria-labelledby="recount">
      <h2 id="recount" className="display text-2xl">
        {t("recount")}
      </h2>
      <ReasonForm
        label={t("recount")}
        effect={t("recountText")}
        confirm={t("recountAction")}
        act={recount}
        takesFocus={false}
        className="mt-2 max-w-xl"
      >
        <label className="mt-3 block text-sm font-semibold">
          {t("recountPost")}
          <input name="post" required autoComplete="off" className={TEXT_INPUT} />
        </label>
      </ReasonForm>
      <div role="status" className="mt-4 empty:hidden">
        {recounts ? <Difference recounts={recounts} /> : null}
      </div>
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
