"use client";

import { Ban } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { isolate } from "@/lib/schemas/isolate";
import { blockPerson, unblockPerson } from "./contacts-api";

interface Props {
  person: { handle: string; name: string };
  isBlocked: boolean;
  /** Only the icon is shown. */
  compact?: boolean;
  /** Called after a change; by default the page is refreshed. */
  onChanged?: () => void;
}

/** Blocks a person, after a question, or lifts the block. */
export function BlockButton({ person, isBlocked, compact = false, onChanged }: Props) {
  const t = useTranslations("contacts");
  const router = useRouter();
  const [isAsking, setIsAsking] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const name = isolate(person.name);
  const finish = onChanged ?? (() => router.refresh());
  const unblock = async () => {
    if (isBusy) return;
    setIsBusy(true);
    const result = await unblockPerson(person.handle);
    setIsBusy(false);
    setFailure(result.ok ? null : result.failure);
    if (result.ok) finish();
  };
  const label = t(isBlocked ? "unblock" : "block");
  return (
    <>
      <Button
        look="plain"
        size={compact ? "icon" : "small"}
        aria-label={t(isBlocked ? "unblockNamed" : "blockNamed", { name })}
        title={compact ? label : undefined}
        aria-haspopup={isBlocked ? undefined : "dialog"}
        aria-disabled={isBusy}
        onClick={() => (isBlocked ? void unblock() : setIsAsking(true))}
      >
        <Ban className={compact ? "size-5" : "size-4"} aria-hidden="true" />
        {compact ? null : label}
      </Button>
      {failure ? <FailureNote failure={failure} className="basis-full" /> : null}
      {isAsking ? (
        <ConfirmDialog
          title={t("blockTitle", { name })}
          text={t("blockText")}
          confirmLabel={t("block")}
          busyLabel={t("blocking")}
          look="danger"
          onConfirm={async () => {
            const result = await blockPerson(person.handle);
            if (!result.ok) return result.failure;
            finish();
            return null;
          }}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </>
  );
}
