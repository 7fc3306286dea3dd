"use client";

import { LogOut } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import { leaveChat } from "./store/chat-api";
import { requestChats } from "./store/chat-list-store";

/** Hides a direct chat from the viewer's list, after a question; the next message brings it back. */
export function LeaveDirectChat({ chatId }: { chatId: string }) {
  const t = useTranslations("chat");
  const router = useRouter();
  const [isAsking, setIsAsking] = useState(false);
  return (
    <>
      <Button
        look="plain"
        size="icon"
        aria-label={t("leaveDirect")}
        title={t("leaveDirect")}
        aria-haspopup="dialog"
        onClick={() => setIsAsking(true)}
      >
        <LogOut className="size-5" aria-hidden="true" />
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("leaveDirectTitle")}
          text={t("leaveDirectText")}
          confirmLabel={t("leaveDirect")}
          busyLabel={t("leaving")}
          look="danger"
          onConfirm={async () => {
            const result = await leaveChat(chatId);
            if (!result.ok) return result.failure;
            requestChats();
            router.push("/chat");
            return null;
          }}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </>
  );
}
