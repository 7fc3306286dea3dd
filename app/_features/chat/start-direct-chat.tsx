"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { isolate } from "@/lib/schemas/isolate";
import { PeoplePicker } from "./people-picker";
import { createChat, type Person } from "./store/chat-api";
import { requestChats } from "./store/chat-list-store";

/** Opens the direct chat with a user, existing or new. */
export function StartDirectChat() {
  const t = useTranslations("chat");
  const router = useRouter();
  const [openingId, setOpeningId] = useState<string | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const openChat = async (person: Person) => {
    if (openingId !== null) return;
    setOpeningId(person.id);
    setFailure(null);
    const result = await createChat({ kind: "direct", userId: person.id });
    if (result.ok) {
      requestChats();
      return router.push(`/chat/${result.data.chat.id}`);
    }
    setOpeningId(null);
    setFailure(result.failure);
  };
  return (
    <>
      {failure ? <FailureNote failure={failure} className="mb-3" /> : null}
      <PeoplePicker
        label={t("findPeople")}
        action={(person) => (
          <Button
            look="quiet"
            size="small"
            aria-label={t("writeTo", { name: isolate(person.name) })}
            aria-disabled={openingId !== null}
            onClick={() => void openChat(person)}
            className="stretched"
          >
            {t(openingId === person.id ? "opening" : "writeShort")}
          </Button>
        )}
      />
    </>
  );
}
