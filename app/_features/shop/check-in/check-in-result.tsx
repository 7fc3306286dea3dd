"use client";

import { CircleCheckBig, CircleX, ScanLine } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { cn } from "@/app/_ui/cn";
import { FailureNote } from "@/app/_ui/failure-note";
import type { Admission } from "./check-in-api";

/** What became of the last code. */
export type Outcome = { code: string } & (
  | { state: "checking" }
  | { state: "admitted"; ticket: Admission["ticket"] }
  | { state: "refused"; failure: ApiFailure }
);

/** Answers about the ticket itself; with any other failure it is not known whether it is valid. */
const REFUSALS = ["not_found", "conflict", "bad_request"];

/** The answer for the last code, large enough to be seen at arm's length, and read out by screen readers. */
export function CheckInResult({ outcome }: { outcome: Outcome | null }) {
  const t = useTranslations("checkIn");
  return (
    <div role="status" className="min-h-44">
      {outcome === null || outcome.state === "checking" ? (
        <Panel look="idle" icon={<ScanLine className="size-10" aria-hidden="true" />}>
          {t(outcome ? "checking" : "ready")}
        </Panel>
      ) : outcome.state === "admitted" ? (
        <Panel
          look="admitted"
          icon={<CircleCheckBig className="size-10" aria-hidden="true" />}
          detail={t("unit", { unit: outcome.ticket.unit, of: outcome.ticket.quantity })}
          title={outcome.ticket.title}
        >
          {t("admitted")}
        </Panel>
      ) : REFUSALS.includes(outcome.failure.code) ? (
        <Panel
          look="refused"
          icon={<CircleX className="size-10" aria-hidden="true" />}
          title={outcome.failure.message ?? outcome.code}
          detail={outcome.failure.message ? outcome.code : undefined}
        >
          {t("refused")}
        </Panel>
      ) : (
        <FailureNote failure={outcome.failure} />
      )}
    </div>
  );
}

const LOOKS = {
  idle: "border border-dashed border-line-strong text-muted",
  admitted: "bg-accent text-on-accent",
  refused: "bg-danger text-ground",
};

interface PanelProps {
  look: keyof typeof LOOKS;
  icon: ReactNode;
  title?: string;
  detail?: string | undefined;
  children: string;
}

function Panel({ look, icon, title, detail, children }: PanelProps) {
  return (
    <div className={cn("flex min-h-44 flex-col justify-between gap-4 rounded-3xl p-6", LOOKS[look])}>
      <div className="flex items-center gap-3">
        {icon}
        <p className="display text-2xl">{children}</p>
      </div>
      {title ? (
        <div>
          <p dir="auto" className="text-left text-lg font-semibold [overflow-wrap:anywhere]">
            {title}
          </p>
          {detail ? <p className="tabular [overflow-wrap:anywhere]">{detail}</p> : null}
        </div>
      ) : null}
    </div>
  );
}
