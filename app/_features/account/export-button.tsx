"use client";

import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { type MouseEvent, useState } from "react";
import { callApi } from "@/app/_data/call-api";
import type { ApiFailure } from "@/app/_ui/api-result";
import { buttonLook } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { SavedNote } from "./success-note";

const PATH = "/api/me/export";

/**
 * A plain link to the file. The browser cannot renew the session while it saves one, so that is seen to before; it
 * saves the file piece by piece, however long that is.
 */
export function ExportButton() {
  const t = useTranslations("myData");
  const [busy, setBusy] = useState(false);
  const [begun, setBegun] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);

  const begin = async () => {
    setBusy(true);
    setFailure(null);
    setBegun(false);
    const result = await callApi("/api/me", "done");
    setBusy(false);
    if (!result.ok) return setFailure(result.failure);
    const file = document.createElement("a");
    file.href = PATH;
    file.download = "";
    file.click();
    setBegun(true);
  };
  const onClick = (event: MouseEvent) => {
    event.preventDefault();
    if (!busy) void begin();
  };
  return (
    <div className="flex flex-col items-start gap-3">
      <a
        href={PATH}
        download
        onClick={onClick}
        aria-disabled={busy}
        className={buttonLook({ look: "quiet", size: "large" })}
      >
        <Download className="size-5" aria-hidden="true" />
        {t(busy ? "exporting" : "exportAction")}
      </a>
      {failure ? <FailureNote failure={failure} className="w-full" /> : null}
      <SavedNote text={begun ? t("exportBegun") : null} />
    </div>
  );
}
