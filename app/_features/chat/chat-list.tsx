"use client";

import { Plus } from "lucide-react";
import { useSelectedLayoutSegment } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";
import { ChatRow } from "./chat-row";
import { fetchChats } from "./store/chat-api";
import type { ChatListState } from "./store/chat-list-state";
import { appendChats } from "./store/chat-list-store";
import { useChatList } from "./use-chat-list";

interface Props {
  rendered: ChatListState;
  viewerId: string;
  renderedAt: number;
}

/** The list next to the conversation; on phones a full screen. It updates as messages arrive. */
export function ChatList({ rendered, viewerId, renderedAt }: Props) {
  const t = useTranslations("chat");
  const current = useSelectedLayoutSegment();
  const { items, nextCursor, blockedIds } = useChatList(viewerId, rendered);
  return (
    <>
      {items?.length === 0 ? (
        <p className="px-3 py-2 text-sm text-muted">{t("noChats")}</p>
      ) : (
        <ul className="flex flex-col gap-0.5">
          {items?.map((chat) => (
            <ChatRow
              key={chat.id}
              chat={chat}
              viewerId={viewerId}
              current={current === chat.id}
              blockedIds={blockedIds}
              renderedAt={renderedAt}
            />
          ))}
        </ul>
      )}
      {nextCursor ? <MoreChats cursor={nextCursor} /> : null}
    </>
  );
}

function MoreChats({ cursor }: { cursor: string }) {
  const t = useTranslations("chat");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const load = async () => {
    setBusy(true);
    const result = await fetchChats(cursor);
    setBusy(false);
    setFailure(result.ok ? null : result.failure);
    if (result.ok) appendChats(result.data.items, result.data.nextCursor);
  };
  return (
    <div className="flex flex-col gap-2 p-2">
      {failure ? <FailureNote failure={failure} /> : null}
      <Button look="quiet" size="small" aria-disabled={busy} onClick={() => (busy ? undefined : void load())}>
        {t(busy ? "loading" : "moreChats")}
      </Button>
    </div>
  );
}

/** The list's title, and the link to a new conversation. */
export function ChatListHead() {
  const t = useTranslations("chat");
  // Next to an open conversation, that conversation's name is the page's h1.
  const Heading = useSelectedLayoutSegment() === null ? "h1" : "h2";
  return (
    <div className="flex items-center justify-between gap-3 px-4 pt-5 pb-3 sm:pt-6">
      <Heading className="display text-2xl">{t("title")}</Heading>
      <Button asChild size="small" look="quiet">
        <Link href="/chat/new">
          <Plus className="size-4.5" aria-hidden="true" />
          {t("new")}
        </Link>
      </Button>
    </div>
  );
}
