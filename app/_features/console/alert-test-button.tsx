"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { callApi } from "@/app/_data/call-api";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import type { AlertTest } from "@/lib/ops";
import { ReasonForm } from "./reason-form";

/** Sends a test to where alerts go, and shows what each answered. */
export function AlertTestButton() {
  const t = useTranslations("alertTest");
  const [isOpen, setOpen] = useState(false);
  const [channels, setChannels] = useState<AlertTest["channels"] | null>(null);
  return (
    <div className="mt-6 flex flex-col items-start gap-2">
      <Button look="quiet" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {t("open")}
      </Button>
      <div role="status" className="text-sm text-muted empty:hidden">
        {channels?.length === 0 ? <p>{t("none")}</p> : null}
        {channels?.map(({ channel, sent, answer }) => (
          <p key={channel} className={sent ? undefined : "text-danger"}>
            {t(sent ? "sent" : "failed", { channel: t(`channels.${channel}`) })}{" "}
            <span dir="auto" className="[overflow-wrap:anywhere]">
              {answer}
            </span>
          </p>
        ))}
      </div>
      {isOpen ? (
        <Dialog title={t("open")} onClose={() => setOpen(false)}>
          {(close) => (
            <ReasonForm
              label={t("open")}
              effect={t("text")}
              confirm={t("send")}
              onCancel={close}
              className="p-1"
              act={async (reason) => {
                const result = await callApi<AlertTest>("/api/admin/alerts/test", {
                  method: "POST",
                  body: { reason },
                });
                if (!result.ok) return result.failure;
                setChannels(result.data.channels);
                close();
                return null;
              }}
            />
          )}
        </Dialog>
      ) : null}
    </div>
  );
}
