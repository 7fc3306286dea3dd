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
import { LONGEST_TEXT } from "@/lib/chat/client";
import { AttachmentTray } from "./attachment-tray";
import { MentionList } from "./mention-list";
import { toSent, toWritten, type Written } from "./mention-markup";
import { QuoteWords } from "./quote";
import type { Attachment, Member, Message, Quote } from "./store/chat-api";
import { keepChatDraft, readChatDraft } from "./store/chat-drafts";
import type { Attaching } from "./use-file-uploads";
import { useMentions } from "./use-mention-picker";

/** What is being written: something new, perhaps an answer, or something old anew. */
export type Writing = { kind: "new"; replyTo: Quote | null } | { kind: "edit"; message: Message };

interface Props {
  chatId: string;
  viewerId: string;
  others: readonly Member[];
  writing: Writing;
  attaching: Attaching;
  /** Grows each time that one is led here: the field takes the focus. */
  led: number;
  onSend: (text: string, attachments: Attachment[]) => void;
  /** @returns whether the server has it */
  onEdit: (message: Message, text: string) => Promise<boolean>;
  onCancel: () => void;
  /** Somebody types. */
  onTyping: () => void;
  /** Arrow up in an empty field: the last that one wrote. */
  onEditLast: () => void;
}

const ROUND = "inline-flex size-11 shrink-0 items-center justify-center rounded-full transition-colors";

/** Mounted anew for each thing that is written: it begins with the draft, or with what is edited. */
export function Composer(props: Props) {
  const { chatId, viewerId, others, writing, attaching, led } = props;
  const t = useTranslations("chat");
  const field = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const editing = writing.kind === "edit" ? writing.message : null;
  const [written, setWritten] = useState<Written>(() => toWritten(editing?.text ?? ""));
  const [busy, setBusy] = useState(false);
  const { text } = written;

  const change = (to: Written) => {
    setWritten(to);
    if (!editing) keepChatDraft(viewerId, chatId, toSent(to));
  };
  /** Where the caret belongs after a name was put in: before the next key, so that what is typed stays in order. */
  const caretTo = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has another place for it
  useLayoutEffect(() => {
    if (caretTo.current !== null) field.current?.setSelectionRange(caretTo.current, caretTo.current);
    caretTo.current = null;
  }, [text]);
  const mentioning = useMentions({
    field,
    text,
    members: others,
    choose: (chosen, caret, person) => {
      const named = written.named.filter(({ userId }) => userId !== person.userId);
      change({ text: chosen, named: [...named, person] });
      caretTo.current = caret;
    },
  });

  const begin = useEffectEvent(() => {
    if (!editing) setWritten(toWritten(readChatDraft(viewerId, chatId)));
  });
  useEffect(() => begin(), []);
  useEffect(() => {
    if (led > 0) field.current?.focus();
  }, [led]);

  const sent = toSent(written).trim();
  const tooLong = sent.length > LONGEST_TEXT;
  const withFiles = !editing && attaching.chosen.length > 0;
  const ready = !busy && !tooLong && (sent !== "" || withFiles) && !(withFiles && attaching.incomplete);

  const submit = async () => {
    if (!ready) return;
    if (editing) {
      setBusy(true);
      await props.onEdit(editing, sent);
      setBusy(false);
      return;
    }
    props.onSend(
      sent,
      attaching.chosen.flatMap(({ uploaded }) => (uploaded ? [uploaded] : [])),
    );
    attaching.clear();
    change({ text: "", named: [] });
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || mentioning.onKey(event)) return;
    const alone = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    // On a touch screen the key makes a line, as everywhere there; the button sends.
    if (event.key === "Enter" && alone && !matchMedia("(pointer: coarse)").matches) {
      event.preventDefault();
      void submit();
    } else if (event.key === "Escape" && (editing || (writing.kind === "new" && writing.replyTo))) {
      props.onCancel();
    } else if (event.key === "ArrowUp" && text === "" && alone && !editing) {
      event.preventDefault();
      props.onEditLast();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    if (editing || event.clipboardData.files.length === 0) return;
    event.preventDefault();
    attaching.add(event.clipboardData.files);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      className="mx-auto w-full max-w-4xl px-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] sm:px-4 sm:pb-4"
    >
      <Above writing={writing} onCancel={props.onCancel} />
      {editing ? null : <AttachmentTray attaching={attaching} />}
      <div className="relative flex items-end gap-1 rounded-[1.6rem] border border-line-strong bg-raised p-1 transition-colors focus-within:border-ink">
        <MentionList mentioning={mentioning} />
        {editing ? null : (
          <>
            <input
              ref={files}
              type="file"
              multiple
              tabIndex={-1}
              aria-label={t("chooseFiles")}
              className="sr-only"
              onChange={({ currentTarget }) => {
                attaching.add(currentTarget.files ?? []);
                currentTarget.value = "";
              }}
            />
            <button
              type="button"
              aria-label={t("attach")}
              title={t("attach")}
              onClick={() => files.current?.click()}
              className={`${ROUND} text-muted hover:bg-ink/8 hover:text-ink`}
            >
              <Paperclip className="size-5" aria-hidden="true" />
            </button>
          </>
        )}
        <textarea
          ref={field}
          data-composer
          rows={1}
          value={text}
          aria-label={t(editing ? "editing" : "write")}
          placeholder={t("write")}
          aria-autocomplete="list"
          aria-controls={mentioning.offered.length > 0 ? mentioning.listId : undefined}
          aria-activedescendant={
            mentioning.offered.length > 0 ? mentioning.optionId(mentioning.at) : undefined
          }
          aria-invalid={tooLong || undefined}
          onChange={({ currentTarget: { value } }) => {
            change({ ...written, text: value });
            mentioning.note();
            if (value.trim() !== "" && !editing) props.onTyping();
          }}
          onSelect={() => mentioning.note()}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          className="field-sizing-content max-h-44 min-h-11 w-full min-w-0 resize-none bg-transparent px-2.5 py-2.5 leading-6 outline-none placeholder:text-faint"
        />
        <button
          type="submit"
          aria-label={t(editing ? "save" : "send")}
          aria-disabled={!ready}
          className={`${ROUND} ${ready ? "bg-accent text-on-accent" : "bg-ink/8 text-faint"}`}
        >
          <SendHorizontal className="size-5" aria-hidden="true" />
        </button>
      </div>
      <div className="px-4 text-xs">
        <CharactersLeft used={sent.length} limit={LONGEST_TEXT} />
      </div>
    </form>
  );
}

/** What is answered or edited, and the way out of it. */
function Above({ writing, onCancel }: { writing: Writing; onCancel: () => void }) {
  const t = useTranslations("chat");
  if (writing.kind === "new" && !writing.replyTo) return null;
  return (
    <div className="mb-1.5 flex animate-settle items-center gap-2 rounded-2xl bg-tint px-3 py-1.5">
      {writing.kind === "edit" ? (
        <p className="grow text-sm font-semibold">{t("editing")}</p>
      ) : writing.replyTo ? (
        <div className="min-w-0 grow">
          <span className="sr-only">{t("replyingTo")}</span>
          <QuoteWords quote={writing.replyTo} />
        </div>
      ) : null}
      <button
        type="button"
        aria-label={t(writing.kind === "edit" ? "cancelEdit" : "cancelReply")}
        onClick={onCancel}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-full text-muted hover:bg-ink/8 hover:text-ink"
      >
        <X className="size-4.5" aria-hidden="true" />
      </button>
    </div>
  );
}
