"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { PeoplePicker } from "./people-picker";
import { createChat, type Person } from "./store/chat-api";
import { askChats } from "./store/chat-list-store";

/** Opens the conversation with somebody, the one that there is or a new one. */
export function StartDirect() {
  const t = useTranslations("chat");
  const router = useRouter();
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const write = async (person: Person) => {
    if (busy !== null) return;
    setBusy(person.id);
    setFailure(null);
    const result = await createChat({ kind: "direct", userId: person.id });
    if (result.ok) {
      askChats();
      return router.push(`/chat/${result.data.chat.id}`);
    }
    setBusy(null);
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
            aria-label={t("writeTo", { name: person.name })}
            aria-disabled={busy !== null}
            onClick={() => void write(person)}
            className="stretched"
          >
            {t(busy === person.id ? "opening" : "writeShort")}
          </Button>
        )}
      />
    </>
  );
}
