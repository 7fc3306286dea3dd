import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { CopyButton } from "@/app/_ui/copy-button";
import { RelativeTime } from "@/app/_ui/relative-time";
import type { OrderView } from "@/lib/schemas/order";
import { TicketQr } from "./ticket-qr";

type Delivery = OrderView["deliveries"][number];

interface Props {
  delivery: Delivery;
  /** Number of units in the order. */
  unitCount: number;
  renderedAt: number;
}

/** One delivered unit: a code to show or a file to download. */
export function DeliveryCard({ delivery, unitCount, renderedAt }: Props) {
  const t = useTranslations("order");
  const { kind, unit, code, downloadUrl, revokedAt, usedAt } = delivery;
  const isVoid = revokedAt !== null || usedAt !== null;
  return (
    <article
      className={cn(
        "animate-settle grid overflow-hidden rounded-2xl bg-tint-strong",
        kind === "ticket" && "stub grid-cols-[1fr_auto]",
      )}
    >
      <div className={cn("flex min-w-0 flex-col gap-3 p-5", kind === "ticket" && "pl-7")}>
        <p className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm text-tint-text">
          <span className="font-semibold">{t(`units.${kind}`, { unit, of: unitCount })}</span>
          {revokedAt ? <span>{t("revoked")}</span> : null}
          {usedAt && !revokedAt ? (
            <span>
              {t("used")} <RelativeTime at={usedAt} renderedAt={renderedAt} />
            </span>
          ) : null}
        </p>
        {code ? (
          <p
            data-testid="code"
            className={cn(
              "tabular font-display text-[clamp(0.8125rem,2.9vw,1.125rem)] font-semibold tracking-wide break-words",
              isVoid && "text-tint-text line-through",
            )}
          >
            {code}
          </p>
        ) : null}
        {isVoid && !downloadUrl ? null : (
          <div className="flex flex-wrap gap-2">
            {code && !isVoid ? <CopyButton text={code} label={t("copyCode", { unit })} /> : null}
            {downloadUrl ? (
              <Button asChild size="small" className="min-h-11">
                {/* A plain link: the route redirects to the file, not to a page. */}
                <a href={downloadUrl} target="_blank" rel="noreferrer">
                  <Download className="size-4" aria-hidden="true" />
                  {t("download")}
                </a>
              </Button>
            ) : null}
          </div>
        )}
      </div>
      {kind === "ticket" && code ? (
        <div className="flex items-center border-l-2 border-dashed border-tint-text/45 p-4 pr-6">
          <TicketQr
            code={code}
            label={t("qr", { unit })}
            className={cn("size-32 sm:size-36", isVoid && "opacity-25")}
          />
        </div>
      ) : null}
    </article>
  );
}
