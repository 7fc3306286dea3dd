"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { isolate } from "@/lib/schemas/isolate";
import { joinChat } from "./store/chat-api";
import { requestChats } from "./store/chat-list-store";

/** Joins an open group and opens it. */
export function JoinButton({
  chatId,
  title,
  large = false,
}: {
  chatId: string;
  title: string;
  large?: boolean;
}) {
  const t = useTranslations("chat");
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const join = async () => {
    if (busy) return;
    setBusy(true);
    const result = await joinChat(chatId);
    setFailure(result.ok ? null : result.failure);
    if (!result.ok) return setBusy(false);
    requestChats();
    router.push(`/chat/${chatId}`);
    router.refresh();
  };
  return (
    <>
      <Button
        size={large ? "large" : "small"}
        look={large ? "primary" : "quiet"}
        aria-disabled={busy}
        aria-label={t("joinGroup", { title: isolate(title) })}
        onClick={() => void join()}
      >
        {t(busy ? "opening" : "join")}
      </Button>
      {failure ? <FailureNote failure={failure} className="mt-2 w-full" /> : null}
    </>
  );
}
