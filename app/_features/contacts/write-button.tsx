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

/** Opens the direct chat with a person, existing or new. */
export function WriteButton({ personId }: { personId: string }) {
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
      <Button look="quiet" size="large" aria-disabled={isOpening} onClick={() => void openChat()}>
        <MessageCircle className="size-5" aria-hidden="true" />
        {t(isOpening ? "opening" : "write")}
      </Button>
      {failure ? <FailureNote failure={failure} className="order-last basis-full" /> : null}
    </>
  );
}
