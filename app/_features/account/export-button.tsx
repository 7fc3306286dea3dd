"use client";

import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { type MouseEvent, useState } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { buttonVariants } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { SuccessNote } from "./success-note";

const EXPORT_PATH = "/api/me/export";

/**
 * A plain download link. A click first calls the API, which renews the session if needed, because a download cannot.
 * The browser then streams the file to disk, whatever its length.
 */
export function ExportButton() {
  const t = useTranslations("myData");
  const [busy, setBusy] = useState(false);
  const [started, setStarted] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const startDownload = async () => {
    setBusy(true);
    setFailure(null);
    setStarted(false);
    const result = await callApi("/api/me");
    setBusy(false);
    if (!result.ok) return setFailure(result.failure);
    const anchor = document.createElement("a");
    anchor.href = EXPORT_PATH;
    anchor.download = "";
    anchor.click();
    setStarted(true);
  };
  const onClick = (event: MouseEvent) => {
    event.preventDefault();
    if (!busy) void startDownload();
  };
  return (
    <div className="flex flex-col items-start gap-3">
      <a
        href={EXPORT_PATH}
        download
        onClick={onClick}
        aria-disabled={busy}
        className={buttonVariants({ look: "quiet", size: "large" })}
      >
        <Download className="size-5" aria-hidden="true" />
        {t(busy ? "exporting" : "exportAction")}
      </a>
      {failure ? <FailureNote failure={failure} className="w-full" /> : null}
      <SuccessNote text={started ? t("exportBegun") : null} />
    </div>
  );
}
