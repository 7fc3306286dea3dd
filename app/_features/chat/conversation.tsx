"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { ApiFailure, ApiResult } from "@/app/_ui/api-result";
import { FailureNote } from "@/app/_ui/failure-note";
import { onDemand } from "@/app/_ui/on-demand";
import { useFileDrop } from "@/app/_ui/use-file-drop";
import { newId } from "@/lib/core/ids";
import type { ChatDetail } from "@/lib/schemas/chat";
import type { FileView } from "@/lib/schemas/media-file";
import type { MessagesPage } from "@/lib/schemas/message-list";
import { otherMember } from "./chat-identity";
import { Composer, type ComposerMode } from "./composer";
import { ConversationHead } from "./conversation-head";
import { DeleteDialog } from "./delete-dialog";
import { focusComposer } from "./focus";
import { MembersDialog } from "./members-dialog";
import { MessageContextProvider, useStableContext } from "./message-context";
import { type JumpTarget, MessageList } from "./message-list";
import { findFirstUnreadSeq } from "./message-rows";
import { PinnedBar } from "./pinned-bar";
import { SearchDialog } from "./search-dialog";
import {
  type ChatMessage,
  deleteMessage,
  editMessage,
  pinMessage,
  reactTo,
  sendRead,
  sendTyping,
} from "./store/chat-api";
import { prependToChatDraft } from "./store/chat-drafts";
import { applyRead } from "./store/chat-list-store";
import { createQuote } from "./store/quotes";
import { createReadMarker } from "./store/read-marker";
import { createTypingNotifier, TypingIndicator } from "./typing-indicator";
import { useConversation } from "./use-conversation";
import { useFileUploads } from "./use-file-uploads";
import { useMessageAnnouncer } from "./use-message-announcer";

interface Props {
  rendered: ChatDetail;
  page: MessagesPage;
  pinned: ChatMessage[];
  viewer: { id: string; isAdmin: boolean };
  renderedAt: number;
}

/** Few open it, so only they load it. */
const ReportDialog = onDemand(() =>
  import("@/app/_features/reports/report-dialog").then((module) => module.ReportDialog),
);

const NEW_MESSAGE: ComposerMode = { kind: "new", replyTo: null };

/** One conversation, from its header to the composer. */
export function Conversation({ rendered, page, pinned, viewer, renderedAt }: Props) {
  const t = useTranslations("chat");
  const viewerId = viewer.id;
  const conversation = useConversation({ chat: rendered, page, pinned, viewerId });
  const { store, sender, chat, setChat, view, syncFailure, typists, history, applyChange } = conversation;
  const { refetchChat } = conversation;
  const uploads = useFileUploads();
  const announcement = useMessageAnnouncer(view, viewerId, chat.blockedIds);
  const [mode, setMode] = useState<ComposerMode>(NEW_MESSAGE);
  const [focusRequests, setFocusRequests] = useState(0);
  const [draftVersion, setDraftVersion] = useState(0);
  const [target, setTarget] = useState<JumpTarget | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [deleting, setDeleting] = useState<ChatMessage | null>(null);
  const [reporting, setReporting] = useState<ChatMessage | null>(null);
  const [openDialog, setOpenDialog] = useState<"search" | "members" | null>(null);
  const { isDragging, handlers } = useFileDrop(mode.kind === "edit" ? null : uploads.add);

  const otherMembers = chat.members.filter(({ userId, left }) => userId !== viewerId && !left);
  const counterpart = otherMember(chat, viewerId);
  const otherReadSeq = chat.kind === "direct" ? (otherMembers[0]?.readSeq ?? 0) : null;
  const [initialReadSeq] = useState(rendered.unreadCount > 0 ? rendered.readSeq : null);
  const firstUnreadSeq =
    initialReadSeq === null ? null : findFirstUnreadSeq(view.messages, initialReadSeq, viewerId);

  const [marker] = useState(() =>
    createReadMarker(rendered.readSeq, async (seq) => {
      const result = await sendRead(rendered.id, seq);
      if (result.ok) applyRead(rendered.id, result.data.readSeq);
      return result.ok;
    }),
  );
  useEffect(() => () => marker.flush(), [marker]);
  const [notifyTyping] = useState(() => createTypingNotifier(() => void sendTyping(rendered.id)));

  /** Switches the composer to a mode and focuses it. */
  const openComposer = (nextMode: ComposerMode) => {
    setMode(nextMode);
    setFocusRequests((before) => before + 1);
  };
  const applyResult = (result: ApiResult<{ message: ChatMessage }>): boolean => {
    setFailure(result.ok ? null : result.failure);
    if (result.ok) applyChange(result.data.message);
    return result.ok;
  };
  const jumpTo = async (seq: number) => {
    const loadFailure = await history.loadAround(seq);
    setFailure(loadFailure);
    if (!loadFailure) setTarget({ seq });
  };

  const context = useStableContext({
    viewerId,
    kind: chat.kind,
    blockedIds: chat.blockedIds,
    canDeleteAny: viewer.isAdmin || (chat.kind === "group" && chat.role === "owner"),
    reply: (message) => openComposer({ kind: "new", replyTo: createQuote(message) }),
    edit: (message) => openComposer({ kind: "edit", message }),
    remove: setDeleting,
    report: setReporting,
    pin: (message, isPinned) => void pinMessage(message, isPinned).then(applyResult),
    react: async (message, emoji, on) => {
      applyResult(await reactTo(message, emoji, on));
    },
    jumpTo: (seq) => void jumpTo(seq),
    retry: (clientId) => {
      sender.retry(clientId);
      focusComposer();
    },
    discard: (clientId) => {
      sender.discard(clientId);
      focusComposer();
    },
    moveToComposer: ({ clientId, text, replyTo }) => {
      prependToChatDraft(viewerId, chat.id, text);
      sender.discard(clientId);
      setDraftVersion((before) => before + 1);
      openComposer({ kind: "new", replyTo });
    },
  });

  const send = (text: string, attachments: FileView[]) => {
    const replyTo = mode.kind === "new" ? mode.replyTo : null;
    setMode(NEW_MESSAGE);
    // Saves the message to the outbox before sending it.
    sender.add({ clientId: newId(), createdAt: new Date().toISOString(), text, attachments, replyTo });
    // The viewer's new message is at the end.
    if (view.hasNewer) void history.loadNewest().then(setFailure);
  };

  const composerMode: ComposerMode =
    mode.kind === "new" && mode.replyTo
      ? { kind: "new", replyTo: store.withCurrentQuote(mode.replyTo) }
      : mode;

  return (
    <MessageContextProvider value={context}>
      {/* Files can be dropped anywhere; the attach button does the same. */}
      <div data-conversation data-chat-screen {...handlers} className="relative flex h-full min-h-0 flex-col">
        <ConversationHead
          chat={chat}
          viewerId={viewerId}
          renderedAt={renderedAt}
          onSearch={() => setOpenDialog("search")}
          onMembers={() => setOpenDialog("members")}
          onBlockChanged={refetchChat}
        />
        <PinnedBar pinned={view.pinned} onJump={(seq) => void jumpTo(seq)} />
        <MessageList
          chatId={chat.id}
          view={view}
          history={history}
          firstUnreadSeq={firstUnreadSeq}
          otherReadSeq={otherReadSeq}
          target={target}
          onSeen={(seq) => marker.markSeen(seq)}
        />
        <p role="status" className="sr-only">
          {announcement}
        </p>
        <TypingIndicator names={typists.map(({ name }) => name)} />
        {syncFailure || failure ? (
          <div className="mx-auto w-full max-w-4xl px-4 pb-2">
            {failure ? <FailureNote failure={failure} /> : null}
            {syncFailure && !failure ? (
              <p role="status" className="rounded-xl bg-ink/6 px-4 py-2 text-sm text-muted">
                {t(syncFailure.code === "not_found" ? "noMember" : "offline")}
              </p>
            ) : null}
          </div>
        ) : null}
        {chat.kind === "direct" && !counterpart ? (
          <p className="px-4 pb-4 text-center text-sm text-muted">{t("goneText")}</p>
        ) : counterpart && chat.unreachableIds.includes(counterpart.userId) ? (
          <p className="px-4 pb-4 text-center text-sm text-muted">
            {t(chat.blockedIds.includes(counterpart.userId) ? "youBlocked" : "cannotWrite")}
          </p>
        ) : (
          <Composer
            key={mode.kind === "edit" ? mode.message.id : `new-${String(draftVersion)}`}
            chatId={chat.id}
            viewerId={viewerId}
            otherMembers={otherMembers.filter(({ userId }) => !chat.unreachableIds.includes(userId))}
            mode={composerMode}
            uploads={uploads}
            focusRequests={focusRequests}
            onSend={send}
            onEdit={async (message, text) => {
              const isSaved = applyResult(await editMessage(message, text));
              if (isSaved) openComposer(NEW_MESSAGE);
              return isSaved;
            }}
            onCancel={() => openComposer(NEW_MESSAGE)}
            onTyping={notifyTyping}
            onEditLast={() => {
              const last = view.messages.findLast(
                ({ authorId, deletedAt }) => authorId === viewerId && deletedAt === null,
              );
              if (last) openComposer({ kind: "edit", message: last });
            }}
          />
        )}
        {isDragging ? (
          <div className="pointer-events-none absolute inset-3 z-30 flex items-center justify-center rounded-3xl border-2 border-dashed border-tint-text bg-ground/85">
            <p className="display text-2xl">{t("drop")}</p>
          </div>
        ) : null}
        {deleting ? (
          <DeleteDialog
            message={deleting}
            onDelete={async (message) => {
              const result = await deleteMessage(message);
              if (!result.ok) return result.failure;
              applyResult(result);
              return null;
            }}
            onLateFailure={setFailure}
            onClose={() => setDeleting(null)}
          />
        ) : null}
        {reporting ? (
          <ReportDialog
            reported={{ target: "message", targetId: reporting.id }}
            onClose={() => setReporting(null)}
          />
        ) : null}
        {openDialog === "search" ? (
          <SearchDialog
            chatId={chat.id}
            onJump={(seq) => void jumpTo(seq)}
            onClose={() => setOpenDialog(null)}
          />
        ) : null}
        {openDialog === "members" ? (
          <MembersDialog
            chat={chat}
            viewerId={viewerId}
            renderedAt={renderedAt}
            onChanged={setChat}
            onMemberRemoved={refetchChat}
            onClose={() => setOpenDialog(null)}
          />
        ) : null}
      </div>
    </MessageContextProvider>
  );
}
