"use client";

import { MessageCircle } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { createChat } from "@/app/_features/chat/store/chat-api";
import { requestChats } from "@/app/_features/chat/store/chat-list-store";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";

interface Props {
  personId: string;
  /** What they are to the viewer, where it is not their own page. */
  as?: "seller" | "buyer";
  size?: "normal" | "large";
}

/** Opens the direct chat with a person, existing or new. For viewers who may write to them (`mayWrite`). */
export function WriteButton({ personId, as, size = "normal" }: Props) {
  const t = useTranslations("contacts");
  const router = useRouter();
  const [isOpening, setIsOpening] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const openChat = async () => {
    if (isOpening) return;
    setIsOpening(true);
    setFailure(null);
    const result = await createChat({ kind: "direct", userId: personId });
    if (result.ok) {
      requestChats();
      return router.push(`/chat/${result.data.chat.id}`);
    }
    setIsOpening(false);
    setFailure(result.failure);
  };
  return (
    <>
      <Button look="quiet" size={size} aria-disabled={isOpening} onClick={() => void openChat()}>
        <MessageCircle className={size === "large" ? "size-5" : "size-4"} aria-hidden="true" />
        {isOpening ? t("opening") : as ? t(`writeTo.${as}`) : t("write")}
      </Button>
      {failure ? <FailureNote failure={failure} className="order-last basis-full" /> : null}
    </>
  );
}
