"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import type { ChatDetail } from "@/lib/schemas/chat";
import { leaveChat } from "./store/chat-api";
import { requestChats } from "./store/chat-list-store";

/** Asks for confirmation: a group that was left is hard to find again. */
export function LeaveGroup({ chat }: { chat: ChatDetail }) {
  const t = useTranslations("chat");
  const router = useRouter();
  const [isConfirming, setIsConfirming] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const leave = async () => {
    if (!isConfirming) return setIsConfirming(true);
    const result = await leaveChat(chat.id);
    if (!result.ok) return setFailure(result.failure);
    requestChats();
    router.push("/chat");
    router.refresh();
  };
  return (
    <div className="mt-6 flex flex-col gap-3 border-t border-line pt-4">
      {failure ? <FailureNote failure={failure} /> : null}
      {isConfirming ? (
        <p className="text-sm text-muted">{t(chat.open ? "leaveOpenText" : "leaveText")}</p>
      ) : null}
      <Button look="danger" size="small" className="self-start" onClick={() => void leave()}>
        {t(isConfirming ? "leaveSure" : "leave")}
      </Button>
    </div>
  );
}
