"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { refreshChangedPage } from "@/app/_data/refresh-changed-page";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";
import type { ProductKind } from "@/lib/schemas/enums";
import { archiveProduct } from "./shop-api";

interface Props {
  productId: string;
  kind: ProductKind;
  archived: boolean;
}

/**
 * The seller's actions: open the sales, admit tickets, or take the product off sale, which is permanent and asks for
 * confirmation.
 */
export function SellerActions({ productId, kind, archived }: Props) {
  const t = useTranslations("shop");
  const router = useRouter();
  const [isConfirming, setIsConfirming] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, startWork] = useTransition();

  const archive = () =>
    startWork(async () => {
      setFailure(null);
      const result = await archiveProduct(productId);
      if (!result.ok) return setFailure(result.failure);
      setIsConfirming(false);
      refreshChangedPage(router);
    });

  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{t(archived ? "ownArchived" : "own")}</p>
      <div className="flex flex-wrap gap-3">
        <Button asChild look="quiet">
          <Link href="/orders?as=seller">{t("sold")}</Link>
        </Button>
        {kind === "ticket" ? (
          <Button asChild look="quiet">
            <Link href="/check-in">{t("checkIn")}</Link>
          </Button>
        ) : null}
        {archived ? null : isConfirming ? (
          <>
            <Button look="danger" aria-disabled={busy} onClick={() => (busy ? undefined : archive())}>
              {t(busy ? "takingOff" : "takeOffYes")}
            </Button>
            <Button look="plain" autoFocus onClick={() => setIsConfirming(false)}>
              {t("takeOffNo")}
            </Button>
          </>
        ) : (
          <Button look="plain" onClick={() => setIsConfirming(true)}>
            {t("takeOff")}
          </Button>
        )}
      </div>
      {isConfirming ? (
        <p role="status" className="text-sm text-muted">
          {t("takeOffNote")}
        </p>
      ) : null}
      {failure ? <FailureNote failure={failure} /> : null}
    </div>
  );
}
