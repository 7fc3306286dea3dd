"use client";

import { useFormatter, useTranslations } from "next-intl";
import { type ReactNode, useEffect, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { plainText } from "@/lib/schemas/mention";
import { Avatar } from "./avatar";
import { SearchField } from "./search-field";
import { type ChatMessage, searchMessages } from "./store/chat-api";
import { useBrowserTimeZone } from "./use-browser-time-zone";

/** Delay after the last key. */
const DEBOUNCE_MS = 300;

interface Props {
  chatId: string;
  onJump: (seq: number) => void;
  onClose: () => void;
}

interface SearchResults {
  q: string;
  items: readonly ChatMessage[];
  hasMore: boolean;
}

/** Finds messages of a chat by their text, and jumps to them. */
export function SearchDialog({ chatId, onJump, onClose }: Props) {
  const t = useTranslations("chat");
  const [q, setQ] = useState("");
  const [results, setResults] = useState<SearchResults | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const query = q.trim();

  const search = async (signal: AbortSignal, previous: SearchResults | null) => {
    const result = await searchMessages(chatId, query, previous?.items.at(-1)?.seq ?? null, signal);
    if (signal.aborted) return;
    setFailure(result.ok ? null : result.failure);
    if (!result.ok) return;
    const { items, hasMore } = result.data;
    setResults({ q: query, items: [...(previous?.items ?? []), ...items], hasMore });
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new query starts a new search
  useEffect(() => {
    if (query === "") return setResults(null);
    const controller = new AbortController();
    const timer = setTimeout(() => void search(controller.signal, null), DEBOUNCE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [query]);

  return (
    <Dialog title={t("search")} onClose={onClose} aside>
      {(close) => (
        <>
          <SearchField label={t("searchWords")} value={q} onChange={setQ} maxLength={100} initialFocus />
          {failure ? <FailureNote failure={failure} className="mt-3" /> : null}
          <p role="status" className="mt-3 text-sm text-muted">
            {query === ""
              ? t("searchHint")
              : results?.q === query
                ? t(results.hasMore ? "foundMore" : "found", { count: results.items.length })
                : t("searching")}
          </p>
          <ul className="-mx-2 mt-1 min-h-0 grow overflow-y-auto">
            {results?.items.map((message) => (
              <li key={message.id}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    onJump(message.seq);
                  }}
                  className="grid w-full grid-cols-[2.25rem_minmax(0,1fr)] gap-3 rounded-xl px-2 py-2 text-left transition-colors hover:bg-ink/6"
                >
                  <Avatar id={message.authorId ?? message.id} round className="size-9" />
                  <span className="min-w-0">
                    <span className="flex items-baseline gap-2">
                      <bdi className="truncate text-sm font-semibold">{message.authorName ?? t("gone")}</bdi>
                      <ResultTime at={message.createdAt} />
                    </span>
                    <HighlightedExcerpt text={plainText(message.text)} q={results.q} />
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {results?.hasMore ? (
            <Button
              look="quiet"
              size="small"
              className="mt-3"
              onClick={() => void search(AbortSignal.timeout(15_000), results)}
            >
              {t("older")}
            </Button>
          ) : null}
        </>
      )}
    </Dialog>
  );
}

function ResultTime({ at }: { at: string }) {
  const format = useFormatter();
  const timeZone = useBrowserTimeZone();
  return (
    <time dateTime={at} className="tabular ml-auto shrink-0 text-xs text-faint">
      {format.dateTime(new Date(at), { day: "numeric", month: "short", timeZone })}
    </time>
  );
}

const EXCERPT_LEAD_LENGTH = 30;

/** The text around the match. */
function HighlightedExcerpt({ text, q }: { text: string; q: string }) {
  const at = text.toLocaleLowerCase().indexOf(q.toLocaleLowerCase());
  if (at < 0) return <ExcerptText>{text}</ExcerptText>;
  const from = Math.max(0, at - EXCERPT_LEAD_LENGTH);
  return (
    <ExcerptText>
      {from > 0 ? "…" : ""}
      {text.slice(from, at)}
      <mark className="rounded bg-accent px-0.5 text-on-accent">{text.slice(at, at + q.length)}</mark>
      {text.slice(at + q.length, at + 200)}
    </ExcerptText>
  );
}

function ExcerptText({ children }: { children: ReactNode }) {
  return (
    <span dir="auto" className="line-clamp-2 text-left text-sm text-muted [overflow-wrap:anywhere]">
      {children}
    </span>
  );
}
