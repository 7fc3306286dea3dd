"use client";

import { Paperclip, SendHorizontal, X } from "lucide-react";
import { useTranslations } from "next-intl";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { CharactersLeft } from "@/app/_features/posts/characters-left";
import { countLineBreaks } from "@/lib/core/text";
import { MAX_LINE_BREAKS, MAX_TEXT_LENGTH } from "@/lib/schemas/limits";
import type { FileView } from "@/lib/schemas/media-file";
import { AttachmentTray } from "./attachment-tray";
import { MentionList } from "./mention-list";
import { type ComposerText, fromMarkup, toMarkup } from "./mention-markup";
import { QuotePreview } from "./quote";
import type { ChatMember, ChatMessage, Quote } from "./store/chat-api";
import { readChatDraft, saveChatDraft } from "./store/chat-drafts";
import type { FileUploads } from "./use-file-uploads";
import { useMentionPicker } from "./use-mention-picker";

/** What the composer writes: a new message, possibly a reply, or an edit. */
export type ComposerMode = { kind: "new"; replyTo: Quote | null } | { kind: "edit"; message: ChatMessage };

interface Props {
  chatId: string;
  viewerId: string;
  otherMembers: readonly ChatMember[];
  mode: ComposerMode;
  uploads: FileUploads;
  /** Increment to focus the field. */
  focusRequests: number;
  onSend: (text: string, attachments: FileView[]) => void;
  /** @returns whether the server saved it */
  onEdit: (message: ChatMessage, text: string) => Promise<boolean>;
  onCancel: () => void;
  onTyping: () => void;
  /** Arrow up in an empty field: edit the viewer's last message. */
  onEditLast: () => void;
}

const ROUND_BUTTON =
  "inline-flex size-11 shrink-0 items-center justify-center rounded-full transition-colors";

/** Starts with the draft or the edited message; the caller remounts it by key to switch between them. */
export function Composer(props: Props) {
  const { chatId, viewerId, otherMembers, mode, uploads, focusRequests } = props;
  const t = useTranslations("chat");
  const field = useRef<HTMLTextAreaElement>(null);
  const fileInput = useRef<HTMLInputElement>(null);
  const editing = mode.kind === "edit" ? mode.message : null;
  const [draft, setDraft] = useState<ComposerText>(() => fromMarkup(editing?.text ?? ""));
  const [busy, setBusy] = useState(false);
  const { text } = draft;

  const updateDraft = (next: ComposerText) => {
    setDraft(next);
    if (!editing) saveChatDraft(viewerId, chatId, toMarkup(next));
  };
  /** Caret position after an inserted mention; set before the next key, so that typed characters stay in order. */
  const nextCaret = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the position belongs to the new text
  useLayoutEffect(() => {
    if (nextCaret.current !== null) field.current?.setSelectionRange(nextCaret.current, nextCaret.current);
    nextCaret.current = null;
  }, [text]);
  const mentionPicker = useMentionPicker({
    field,
    text,
    members: otherMembers,
    insertMention: (nextText, caret, user) => {
      const mentioned = draft.mentioned.filter(({ userId }) => userId !== user.userId);
      updateDraft({ text: nextText, mentioned: [...mentioned, user] });
      nextCaret.current = caret;
    },
  });

  const loadDraft = useEffectEvent(() => {
    if (!editing) setDraft(fromMarkup(readChatDraft(viewerId, chatId)));
  });
  useEffect(() => loadDraft(), []);
  useEffect(() => {
    if (focusRequests > 0) field.current?.focus();
  }, [focusRequests]);

  const markup = toMarkup(draft).trim();
  const tooLong = markup.length > MAX_TEXT_LENGTH;
  const tooManyLines = countLineBreaks(markup) > MAX_LINE_BREAKS;
  const hasFiles = !editing && uploads.items.length > 0;
  const fits = !tooLong && !tooManyLines;
  const canSend = !busy && fits && (markup !== "" || hasFiles) && !(hasFiles && uploads.isIncomplete);

  const submit = async () => {
    if (!canSend) return;
    if (editing) {
      setBusy(true);
      await props.onEdit(editing, markup);
      setBusy(false);
      return;
    }
    props.onSend(
      markup,
      uploads.items.flatMap(({ uploaded }) => (uploaded ? [uploaded] : [])),
    );
    uploads.clear();
    updateDraft({ text: "", mentioned: [] });
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || mentionPicker.onKeyDown(event)) return;
    const hasNoModifier = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    // On touch screens Enter inserts a line break, as usual there; the button sends.
    if (event.key === "Enter" && hasNoModifier && !matchMedia("(pointer: coarse)").matches) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape" && (editing || (mode.kind === "new" && mode.replyTo))) {
      props.onCancel();
    } else if (event.key === "ArrowUp" && text === "" && hasNoModifier && !editing) {
      event.preventDefault();
      props.onEditLast();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    if (editing || event.clipboardData.files.length === 0) return;
    event.preventDefault();
    uploads.add(event.clipboardData.files);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      className="mx-auto w-full max-w-4xl px-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4 sm:pb-4"
    >
      <ComposerContext mode={mode} onCancel={props.onCancel} />
      {editing ? null : <AttachmentTray uploads={uploads} />}
      <div className="relative flex items-end gap-1 rounded-[1.6rem] border border-line-strong bg-raised p-1 transition-colors focus-within:border-ink">
        <MentionList picker={mentionPicker} />
        {editing ? null : (
          <>
            <input
              ref={fileInput}
              type="file"
              multiple
              tabIndex={-1}
              aria-label={t("chooseFiles")}
              className="sr-only"
              onChange={({ currentTarget }) => {
                uploads.add(currentTarget.files ?? []);
                currentTarget.value = "";
              }}
            />
            <button
              type="button"
              aria-label={t("attach")}
              title={t("attach")}
              onClick={() => fileInput.current?.click()}
              className={`${ROUND_BUTTON} text-muted hover:bg-ink/8 hover:text-ink`}
            >
              <Paperclip className="size-5" aria-hidden="true" />
            </button>
          </>
        )}
        <textarea
          ref={field}
          data-composer
          dir="auto"
          rows={1}
          value={text}
          aria-label={t(editing ? "editing" : "write")}
          placeholder={t("write")}
          aria-autocomplete="list"
          aria-controls={mentionPicker.suggestions.length > 0 ? mentionPicker.listId : undefined}
          aria-activedescendant={
            mentionPicker.suggestions.length > 0
              ? mentionPicker.optionId(mentionPicker.activeIndex)
              : undefined
          }
          aria-invalid={tooLong || undefined}
          onChange={({ currentTarget: { value } }) => {
            updateDraft({ ...draft, text: value });
            mentionPicker.onCaretMove();
            if (value.trim() !== "" && !editing) props.onTyping();
          }}
          onSelect={() => mentionPicker.onCaretMove()}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          className="field-sizing-content max-h-44 min-h-11 w-full min-w-0 resize-none bg-transparent px-2.5 py-2.5 leading-6 outline-none placeholder:text-faint"
        />
        <button
          type="submit"
          aria-label={t(editing ? "save" : "send")}
          aria-disabled={!canSend}
          className={`${ROUND_BUTTON} ${canSend ? "bg-accent text-on-accent" : "bg-ink/8 text-faint"}`}
        >
          <SendHorizontal className="size-5" aria-hidden="true" />
        </button>
      </div>
      <div className="px-4 text-xs">
        <CharactersLeft used={markup.length} limit={MAX_TEXT_LENGTH} />
        {tooManyLines ? (
          <p role="alert" className="text-danger">
            {t("tooManyLines", { max: MAX_LINE_BREAKS })}
          </p>
        ) : null}
      </div>
    </form>
  );
}

/** The message being replied to or edited, with a button to cancel. */
function ComposerContext({ mode, onCancel }: { mode: ComposerMode; onCancel: () => void }) {
  const t = useTranslations("chat");
  if (mode.kind === "new" && !mode.replyTo) return null;
  return (
    <div className="mb-1.5 flex animate-settle items-center gap-2 rounded-2xl bg-tint px-3 py-1.5">
      {mode.kind === "edit" ? (
        <p className="grow text-sm font-semibold">{t("editing")}</p>
      ) : mode.replyTo ? (
        <div className="min-w-0 grow">
          <span className="sr-only">{t("replyingTo")}</span>
          <QuotePreview quote={mode.replyTo} />
        </div>
      ) : null}
      <button
        type="button"
        aria-label={t(mode.kind === "edit" ? "cancelEdit" : "cancelReply")}
        onClick={onCancel}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-full text-muted hover:bg-ink/8 hover:text-ink"
      >
        <X className="size-4.5" aria-hidden="true" />
      </button>
    </div>
  );
}
