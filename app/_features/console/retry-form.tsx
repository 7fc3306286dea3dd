"use client";

import { useTranslations } from "next-intl";
import { useId, useState } from "react";
import { InlineAction } from "./inline-action";
import { TEXT_AREA } from "./reason-form";

interface Props {
  taskId: string;
  /** As JSON; null for a mail or a notification, whose payload operators neither see nor edit. */
  payload: string | null;
}

/** Replays a dead task with a reason, and with an edited payload if it was changed. */
export function RetryForm({ taskId, payload }: Props) {
  const t = useTranslations("taskActions");
  const fieldId = useId();
  const [isInvalid, setInvalid] = useState(false);

  const readFields = (form: FormData): Record<string, unknown> | null => {
    const text = form.get("payload");
    if (payload === null || typeof text !== "string" || text.trim() === payload) return {};
    try {
      const edited: unknown = JSON.parse(text);
      setInvalid(false);
      return { payload: edited };
    } catch {
      setInvalid(true);
      return null;
    }
  };

  return (
    <InlineAction
      path={`/api/admin/tasks/${taskId}/retry`}
      label={t("retry")}
      effect={t("retryEffect")}
      look="primary"
      readFields={readFields}
    >
      {payload === null ? null : (
        <>
          <label htmlFor={fieldId} className="mt-3 block text-sm font-semibold">
            {t("payload")}
          </label>
          <textarea
            id={fieldId}
            name="payload"
            defaultValue={payload}
            rows={Math.min(12, payload.split("\n").length)}
            spellCheck={false}
            aria-invalid={isInvalid}
            aria-describedby={isInvalid ? `${fieldId}-error` : undefined}
            className={`${TEXT_AREA} tabular text-sm`}
          />
          {isInvalid ? (
            <p id={`${fieldId}-error`} role="alert" className="mt-1 text-sm text-danger">
              {t("payloadInvalid")}
            </p>
          ) : null}
        </>
      )}
    </InlineAction>
  );
}
