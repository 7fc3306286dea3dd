"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { messageExcerpt } from "./message-excerpt";
import type { ChatMessage } from "./store/chat-api";

interface Props {
  message: ChatMessage;
  onDelete: (message: ChatMessage) => void;
  onClose: () => void;
}

/** Asks for confirmation: the message is deleted for all members. */
export function DeleteDialog({ message, onDelete, onClose }: Props) {
  const t = useTranslations("chat");
  return (
    <Dialog title={t("deleteTitle")} onClose={onClose}>
      {(close) => (
        <>
          <p className="text-muted">{t("deleteText")}</p>
          <blockquote
            dir="auto"
            className="mt-4 line-clamp-4 rounded-xl bg-ink/6 px-4 py-3 whitespace-pre-line [overflow-wrap:anywhere]"
          >
            {messageExcerpt(message) || t("withoutWords")}
          </blockquote>
          <div className="mt-6 flex flex-wrap gap-3">
            <Button
              look="danger"
              className="grow"
              onClick={() => {
                close();
                onDelete(message);
              }}
            >
              {t("delete")}
            </Button>
            <Button look="quiet" className="grow" onClick={close}>
              {t("keep")}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
