"use client";

import { useTranslations } from "next-intl";
import { useEffect, useMemo, useState } from "react";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { FailureNote } from "@/app/_ui/failure-note";
import { newId } from "@/lib/core/ids";
import { FaceSheet } from "./avatar-sprite";
import { otherOf } from "./chat-identity";
import { Composer, type Writing } from "./composer";
import { ConversationHead } from "./conversation-head";
import { DeleteDialog } from "./delete-dialog";
import { focusComposer, focusMessage } from "./focus";
import { MembersDialog } from "./members-dialog";
import { MessageContextProvider } from "./message-context";
import { MessageList, type Target } from "./message-list";
import { firstUnread } from "./message-rows";
import { PinnedBar } from "./pinned-bar";
import { SearchDialog } from "./search-dialog";
import {
  type Attachment,
  type ChatDetail,
  deleteMessage,
  editMessage,
  type Message,
  type MessagesPage,
  pinMessage,
  reactTo,
  sendRead,
  sendTyping,
} from "./store/chat-api";
import { putBackIntoDraft } from "./store/chat-drafts";
import { hearRead } from "./store/chat-list-store";
import { quoteOfMessage } from "./store/quotes";
import { readMarker } from "./store/read-marker";
import { typingTeller } from "./store/typing-notifier";
import { TypingLine } from "./typing-indicator";
import { useConversation } from "./use-conversation";
import { useDropping } from "./use-file-drop";
import { useAttachments } from "./use-file-uploads";
import { useAnnouncer } from "./use-message-announcer";
import { useStableContext } from "./use-stable-context";

interface Props {
  rendered: ChatDetail;
  page: MessagesPage;
  pinned: Message[];
  viewer: { id: string; isAdmin: boolean };
  renderedAt: number;
}

const NEW: Writing = { kind: "new", replyTo: null };

/** One conversation, from its head to the line one writes on. */
export function Conversation({ rendered, page, pinned, viewer, renderedAt }: Props) {
  const t = useTranslations("chat");
  const viewerId = viewer.id;
  const conversation = useConversation({ chat: rendered, page, pinned, viewerId });
  const { store, sender, chat, setChat, shown, trouble, typists, history, take } = conversation;
  const attaching = useAttachments();
  const said = useAnnouncer(shown, viewerId);
  const [writing, setWriting] = useState<Writing>(NEW);
  const [led, setLed] = useState(0);
  const [takenBack, setTakenBack] = useState(0);
  const [target, setTarget] = useState<Target | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [deleting, setDeleting] = useState<Message | null>(null);
  const [open, setOpen] = useState<"search" | "members" | null>(null);
  const { dropping, handlers } = useDropping(writing.kind === "edit" ? null : attaching.add);

  const others = chat.members.filter(({ userId, left }) => userId !== viewerId && !left);
  const other = otherOf(chat, viewerId);
  const otherRead = chat.kind === "direct" ? (others[0]?.readSeq ?? 0) : null;
  const [readTo] = useState(rendered.unreadCount > 0 ? rendered.readSeq : null);
  const newFrom = readTo === null ? null : firstUnread(shown.messages, readTo, viewerId);

  const [marker] = useState(() =>
    readMarker(rendered.readSeq, async (seq) => {
      const result = await sendRead(rendered.id, seq);
      if (result.ok) hearRead(rendered.id, result.data.readSeq);
      return result.ok;
    }),
  );
  useEffect(() => () => marker.end(), [marker]);
  const [tellTyping] = useState(() => typingTeller(() => void sendTyping(rendered.id)));

  /** Writes something else from now on; the field takes the focus. */
  const write = (what: Writing) => {
    setWriting(what);
    setLed((before) => before + 1);
  };
  const settle = (result: ApiResult<{ message: Message }>): boolean => {
    setFailure(result.ok ? null : result.failure);
    if (result.ok) take(result.data.message);
    return result.ok;
  };
  const jump = async (seq: number) => {
    const trouble = await history.around(seq);
    setFailure(trouble);
    if (!trouble) setTarget({ seq });
  };

  const context = useStableContext({
    viewerId,
    kind: chat.kind,
    mayDelete: viewer.isAdmin || (chat.kind === "group" && chat.role === "owner"),
    reply: (message) => write({ kind: "new", replyTo: quoteOfMessage(message) }),
    edit: (message) => write({ kind: "edit", message }),
    remove: setDeleting,
    pin: (message, isPinned) => void pinMessage(message, isPinned).then(settle),
    react: async (message, emoji, on) => {
      settle(await reactTo(message, emoji, on));
    },
    jump: (seq) => void jump(seq),
    retry: (clientId) => {
      sender.retry(clientId);
      focusComposer();
    },
    discard: (clientId) => {
      sender.discard(clientId);
      focusComposer();
    },
    takeBack: ({ clientId, text, replyTo }) => {
      putBackIntoDraft(viewerId, chat.id, text);
      sender.discard(clientId);
      setTakenBack((before) => before + 1);
      write({ kind: "new", replyTo });
    },
  });

  const send = (text: string, attachments: Attachment[]) => {
    const replyTo = writing.kind === "new" ? writing.replyTo : null;
    setWriting(NEW);
    // First of all into the browser's keeping.
    sender.add({ clientId: newId(), createdAt: new Date().toISOString(), text, attachments, replyTo });
    // What one says stands at the end.
    if (shown.hasNewer) void history.newest().then(setFailure);
  };

  const faces = useMemo(
    () => [...new Set(shown.messages.map(({ authorId }) => authorId ?? "gone"))],
    [shown.messages],
  );
  const written: Writing =
    writing.kind === "new" && writing.replyTo
      ? { kind: "new", replyTo: store.renewed(writing.replyTo) }
      : writing;

  return (
    <MessageContextProvider value={context}>
      {/* Files can be dropped anywhere; the button does the same. */}
      <div data-conversation data-chat-screen {...handlers} className="relative flex h-full min-h-0 flex-col">
        <FaceSheet userIds={faces} />
        <ConversationHead
          chat={chat}
          viewerId={viewerId}
          renderedAt={renderedAt}
          onSearch={() => setOpen("search")}
          onMembers={() => setOpen("members")}
        />
        <PinnedBar pinned={shown.pinned} onJump={(seq) => void jump(seq)} />
        <MessageList
          chatId={chat.id}
          shown={shown}
          history={history}
          newFrom={newFrom}
          otherRead={otherRead}
          target={target}
          onSeen={(seq) => marker.see(seq)}
        />
        <p role="status" className="sr-only">
          {said}
        </p>
        <TypingLine names={typists.map(({ name }) => name)} />
        {trouble || failure ? (
          <div className="mx-auto w-full max-w-4xl px-4 pb-2">
            {failure ? <FailureNote failure={failure} /> : null}
            {trouble && !failure ? (
              <p role="status" className="rounded-xl bg-ink/6 px-4 py-2 text-sm text-muted">
                {t(trouble.code === "not_found" ? "noMember" : "offline")}
              </p>
            ) : null}
          </div>
        ) : null}
        {chat.kind === "direct" && !other ? (
          <p className="px-4 pb-4 text-center text-sm text-muted">{t("goneText")}</p>
        ) : (
          <Composer
            key={writing.kind === "edit" ? writing.message.id : `new-${String(takenBack)}`}
            chatId={chat.id}
            viewerId={viewerId}
            others={others}
            writing={written}
            attaching={attaching}
            led={led}
            onSend={send}
            onEdit={async (message, text) => {
              const done = settle(await editMessage(message, text));
              if (done) write(NEW);
              return done;
            }}
            onCancel={() => write(NEW)}
            onTyping={tellTyping}
            onEditLast={() => {
              const last = shown.messages.findLast(
                ({ authorId, deletedAt }) => authorId === viewerId && deletedAt === null,
              );
              if (last) write({ kind: "edit", message: last });
            }}
          />
        )}
        {dropping ? (
          <div className="pointer-events-none absolute inset-3 z-30 flex items-center justify-center rounded-3xl border-2 border-dashed border-tint-text bg-ground/85">
            <p className="display text-2xl">{t("drop")}</p>
          </div>
        ) : null}
        {deleting ? (
          <DeleteDialog
            message={deleting}
            onDelete={(message) => {
              focusMessage(message.id);
              void deleteMessage(message).then(settle);
            }}
            onClose={() => setDeleting(null)}
          />
        ) : null}
        {open === "search" ? (
          <SearchDialog chatId={chat.id} onJump={(seq) => void jump(seq)} onClose={() => setOpen(null)} />
        ) : null}
        {open === "members" ? (
          <MembersDialog
            chat={chat}
            viewerId={viewerId}
            renderedAt={renderedAt}
            onChanged={setChat}
            onClose={() => setOpen(null)}
          />
        ) : null}
      </div>
    </MessageContextProvider>
  );
}
