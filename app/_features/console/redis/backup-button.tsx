"use client";

import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { parseFailure } from "@/app/_data/parse-failure";
import { parseRetryAfter } from "@/app/_data/parse-retry-after";
import { promptForPassword } from "@/app/_data/password-prompt";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { ReasonForm } from "../reason-form";

const PATH = "/api/admin/redis/backup";
const FILE_NAME = "redis.jsonl";

/** Downloads all keys of Redis as a file, with the reason for it. */
export function BackupButton() {
  const t = useTranslations("redisBackup");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Download className="size-5" aria-hidden="true" />
        {t("open")}
      </Button>
      {isOpen ? (
        <Dialog title={t("title")} onClose={() => setOpen(false)}>
          {(close) => (
            <ReasonForm
              label={t("title")}
              effect={t("text")}
              confirm={t("download")}
              onCancel={close}
              className="p-1"
              act={async (reason) => {
                const failure = await download(reason);
                if (!failure) close();
                return failure;
              }}
            />
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
