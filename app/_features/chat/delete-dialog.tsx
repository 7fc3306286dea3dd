"use client";

import { useTranslations } from "next-intl";
import { useRef } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import { focusMessage } from "./focus";
import { messageExcerpt } from "./message-excerpt";
import type { ChatMessage } from "./store/chat-api";

interface Props {
  message: ChatMessage;
  /** @returns the failure to show; null when the message is deleted */
  onDelete: (message: ChatMessage) => Promise<ApiFailure | null>;
  /** The deletion failed after the reader had closed the dialog. */
  onLateFailure: (failure: ApiFailure) => void;
  onClose: () => void;
}

/** Asks for confirmation: the message is deleted for all members. */
export function DeleteDialog({ message, onDelete, onLateFailure, onClose }: Props) {
  const t = useTranslations("chat");
  const isDeleted = useRef(false);
  const isClosed = useRef(false);
  return (
    <ConfirmDialog
      title={t("deleteTitle")}
      text={t("deleteText")}
      confirmLabel={t("delete")}
      busyLabel={t("deleting")}
      look="danger"
      onConfirm={async () => {
        const failure = await onDelete(message);
        isDeleted.current = failure === null;
        if (isClosed.current && failure) onLateFailure(failure);
        return failure;
      }}
      onClose={() => {
        isClosed.current = true;
        onClose();
        // The button that opened the dialog is gone with the message's text.
        if (isDeleted.current) focusMessage(message.id);
      }}
    >
      <blockquote
        dir="auto"
        className="line-clamp-4 rounded-xl bg-ink/6 px-4 py-3 whitespace-pre-line [overflow-wrap:anywhere]"
      >
        {messageExcerpt(message) || t("withoutWords")}
      </blockquote>
    </ConfirmDialog>
  );
}
