"use client";

import { UserMinus } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import { isolate } from "@/lib/schemas/isolate";
import { type ChatMember, removeMember } from "./store/chat-api";

interface Props {
  chatId: string;
  member: ChatMember;
  onRemoved: () => void;
}

/** Removes a member from the viewer's group, after a question. */
export function RemoveMember({ chatId, member, onRemoved }: Props) {
  const t = useTranslations("chat");
  const [isAsking, setIsAsking] = useState(false);
  const name = isolate(member.name);
  return (
    <>
      <Button
        look="plain"
        size="icon"
        aria-label={t("removeMember", { name })}
        title={t("removeMember", { name })}
        aria-haspopup="dialog"
        onClick={() => setIsAsking(true)}
      >
        <UserMinus className="size-5" aria-hidden="true" />
      </Button>
      {isAsking ? (
        <ConfirmDialog
          title={t("removeTitle", { name })}
          text={t("removeText")}
          confirmLabel={t("remove")}
          busyLabel={t("removing")}
          look="danger"
          onConfirm={async () => {
            const result = await removeMember(chatId, member.userId);
            if (!result.ok) return result.failure;
            onRemoved();
            return null;
          }}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </>
  );
}
