"use client";

import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import { parseFailure } from "@/app/_data/parse-failure";
import { parseRetryAfter } from "@/app/_data/parse-retry-after";
import { promptForPassword } from "@/app/_data/password-prompt";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { MAX_REASON_LENGTH } from "@/lib/schemas/reason-length";

const PATH = "/api/admin/redis/backup";
const FILE_NAME = "redis.jsonl";

/** Downloads all keys of Redis as a file, with the reason for it. */
export function BackupButton() {
  const t = useTranslations("redisBackup");
  const action = useTranslations("operatorAction");
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const submit = async (event: FormEvent, close: () => void) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setFailure(null);
    const failed = await download(reason);
    setBusy(false);
    if (failed) setFailure(failed);
    else close();
  };

  return (
    <>
      <Button look="quiet" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Download className="size-5" aria-hidden="true" />
        {t("open")}
      </Button>
      {isOpen ? (
        <Dialog title={t("title")} onClose={() => setOpen(false)}>
          {(close) => (
            <form onSubmit={(event) => void submit(event, close)} className="flex flex-col gap-4 p-1">
              <p className="text-muted">{t("text")}</p>
              <div className="flex flex-col gap-1.5">
                <label htmlFor={id} className="text-sm font-semibold">
                  {action("reason")}
                </label>
                <input
                  id={id}
                  required
                  value={reason}
                  maxLength={MAX_REASON_LENGTH}
                  autoComplete="off"
                  data-initial-focus=""
                  onChange={(event) => setReason(event.target.value)}
                  className="h-12 w-full rounded-xl border border-line-strong bg-ground/70 px-4 text-ink hover:border-muted focus:border-ink"
                />
              </div>
              {failure ? <FailureNote failure={failure} /> : null}
              <div className="flex flex-wrap gap-2">
                <Button type="submit" aria-disabled={busy}>
                  <span aria-live="polite">{busy ? action("working") : t("download")}</span>
                </Button>
                <Button look="plain" onClick={close}>
                  {action("cancel")}
                </Button>
              </div>
            </form>
          )}
        </Dialog>
      ) : null}
    </>
  );
}

/** @returns null when the file was handed to the browser */
async function download(reason: string): Promise<ApiFailure | null> {
  const response = await send(reason);
  if (!response?.ok) {
    const failure = parseFailure(await response?.json().catch(() => undefined), {
      requestId: response?.headers.get("x-request-id") ?? null,
      retryAfterSeconds: response ? parseRetryAfter(response) : null,
    });
    const isStale = failure.code === "fresh_sign_in_required";
    return isStale && (await promptForPassword()) ? download(reason) : failure;
  }
  const url = URL.createObjectURL(await response.blob());
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = FILE_NAME;
  anchor.click();
  URL.revokeObjectURL(url);
  return null;
}

async function send(reason: string): Promise<Response | null> {
  try {
    return await fetch(PATH, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ reason }),
    });
  } catch {
    return null;
  }
}
