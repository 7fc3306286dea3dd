"use client";

import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { InlineAction } from "./inline-action";

/** Pauses one of the queues with a reason. */
export function PauseForm({ queues }: { queues: readonly string[] }) {
  const t = useTranslations("taskActions");
  const fieldId = useId();
  const [queue, setQueue] = useState(queues[0] ?? "");
  if (queues.length === 0) return null;
  return (
    <InlineAction
      path={`/api/admin/queues/${queue}/pause`}
      label={t("pause")}
      effect={t("pauseEffect")}
      look="danger"
    >
      <label htmlFor={fieldId} className="mt-3 block text-sm font-semibold">
        {t("queue")}
      </label>
      <select
        id={fieldId}
        value={queue}
        onChange={(event) => setQueue(event.target.value)}
        className="mt-1 h-11 w-full min-w-0 rounded-full border border-line-strong bg-ground px-4 text-ink hover:border-muted focus:border-ink"
      >
        {queues.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </InlineAction>
  );
}
