"use client";

import { Flag } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { onDemand } from "@/app/_ui/on-demand";
import type { Reported } from "./report-dialog";

/** Few open it, so only they load it. */
const ReportDialog = onDemand(() => import("./report-dialog").then((module) => module.ReportDialog));

/** Opens the form that reports something to the operators. */
export function ReportButton({ target, targetId }: Reported) {
  const t = useTranslations("report");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button look="plain" size="small" aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
        <Flag className="size-4" aria-hidden="true" />
        {t("action")}
      </Button>
      {isOpen ? <ReportDialog reported={{ target, targetId }} onClose={() => setIsOpen(false)} /> : null}
    </>
  );
}
