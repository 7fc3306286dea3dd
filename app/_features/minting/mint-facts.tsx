"use client";

import { useFormatter, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";
import type { MintView } from "@/lib/schemas/mint";

/** How far a mint is, in one line for screen readers too, with a bar of confirmations. */
export function MintProgress({ mint }: { mint: MintView }) {
  const t = useTranslations("minting");
  const { state, failure, confirmations, confirmationsNeeded } = mint;
  const done = state === "confirmed" ? confirmationsNeeded : Math.min(confirmations, confirmationsNeeded);
  return (
    <div data-mint={state}>
      <p role="status" className={cn("font-medium", state === "failed" && "text-danger")}>
        {state === "failed" && failure ? t(`failures.${failure}`) : t(`states.${state}`)}
      </p>
      {state === "failed" || state === "confirmed" ? null : (
        <div
          role="progressbar"
          aria-label={t("confirmations")}
          aria-valuemin={0}
          aria-valuemax={confirmationsNeeded}
          aria-valuenow={done}
          className="mt-3 flex gap-1"
        >
          {Array.from({ length: Math.min(confirmationsNeeded, MAX_SEGMENTS) }, (_, segment) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: the segments never change places
              key={segment}
              className={cn(
                "h-2 flex-1 rounded-full transition-colors",
                segment < (done / confirmationsNeeded) * Math.min(confirmationsNeeded, MAX_SEGMENTS)
                  ? "bg-accent"
                  : "bg-line-strong",
              )}
            />
          ))}
        </div>
      )}
    </div>
  );
}

const MAX_SEGMENTS = 24;

/** Token, owner, transaction and confirmations: all of it is public on the chain. */
export function MintFacts({ mint }: { mint: MintView }) {
  const t = useTranslations("minting");
  const format = useFormatter();
  const { tokenId, ownerAddress, contract, transactionHash, confirmations, confirmationsNeeded } = mint;
  const shown =
    mint.state === "confirmed" ? confirmationsNeeded : Math.min(confirmations, confirmationsNeeded);
  return (
    <dl className="mt-4 grid gap-x-6 gap-y-3 text-sm sm:grid-cols-2">
      <Fact name={t("token")}>{tokenId}</Fact>
      <Fact name={t("owner")}>{ownerAddress}</Fact>
      <Fact name={t("transaction")}>{transactionHash ?? t("none")}</Fact>
      <Fact name={t("contract")}>{contract}</Fact>
      <Fact name={t("confirmations")} className="tabular">
        {t("confirmationsOf", { done: format.number(shown), total: format.number(confirmationsNeeded) })}
      </Fact>
      {mint.metadataUrl ? (
        <Fact name={t("metadata")}>
          <a
            href={mint.metadataUrl}
            rel="noreferrer"
            target="_blank"
            className="underline underline-offset-4 hover:text-ink"
          >
            {t("metadataOpen")}
          </a>
        </Fact>
      ) : null}
    </dl>
  );
}

function Fact({ name, className, children }: { name: string; className?: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-faint">{name}</dt>
      <dd className={cn("mt-0.5 text-muted [overflow-wrap:anywhere]", className)}>{children}</dd>
    </div>
  );
}
