"use client";

import { Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Mark } from "@/app/_art/brand/mark";
import { cn } from "@/app/_ui/cn";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";
import { isolate } from "@/lib/schemas/isolate";
import { type FoundKind, foundKinds, MAX_SEARCH_LENGTH } from "@/lib/schemas/search-limits";
import { FoundContent } from "./found-content";
import { type MenuViewer, matchesPage, menuIcon, menuPages } from "./menu-pages";
import { useFoundRows } from "./use-found-rows";
import { useSearch } from "./use-search";

interface Option {
  key: string;
  href: string;
  /** Of results, which may be those of an earlier text. */
  isResult: boolean;
  content: ReactNode;
}

interface Group {
  key: FoundKind | "pages" | "all";
  label: string | null;
  options: Option[];
}

export interface SearchMenuProps {
  viewer: MenuViewer | null;
  onClose: () => void;
}

const searchPath = (q: string) => `/search?${new URLSearchParams({ q }).toString()}`;

/**
 * The command menu: pages and what the search finds, in one list. The focus stays in the field, whose arrow keys walk
 * the list (ARIA's combobox); Enter opens the marked entry, or the page of all results while the list is behind.
 */
export function SearchMenu({ viewer, onClose }: SearchMenuProps) {
  const t = useTranslations("search");
  const shell = useTranslations("shell");
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const [markedIndex, setMarkedIndex] = useState(0);
  const query = text.trim();
  const found = useSearch(query);
  const isCurrent = found?.q === query;
  const toRows = useFoundRows();

  const pages = menuPages(viewer)
    .map((page) => ({ ...page, name: shell(page.label) }))
    .filter(({ name }) => query === "" || matchesPage(name, query));
  const entries = found?.results && query !== "" ? toRows(found.results) : null;
  const resultCount = entries ? foundKinds.reduce((sum, kind) => sum + entries[kind].length, 0) : 0;
  const hasNothing = isCurrent && found.failure === null && resultCount === 0;
  const all: Group[] = [
    {
      key: "pages",
      label: t("pages"),
      options: pages.map(({ href, label, name }) => {
        const Icon = menuIcon(label);
        return {
          ...{ key: href, href, isResult: false },
          content: (
            <>
              <Icon className="mx-3 size-5 shrink-0 text-muted" aria-hidden="true" />
              <span className="truncate font-medium">{name}</span>
            </>
          ),
        };
      }),
    },
    ...foundKinds.map((kind) => ({
      key: kind,
      label: t(`groups.${kind}`),
      options: (entries?.[kind] ?? []).map((entry) => ({
        ...{ key: `${kind}-${entry.key}`, href: entry.href, isResult: true },
        content: <FoundContent entry={entry} />,
      })),
    })),
    {
      key: "all",
      label: null,
      options:
        query === "" || hasNothing
          ? []
          : [
              {
                ...{ key: "all", href: searchPath(query), isResult: false },
                content: (
                  <>
                    <Search className="mx-3 size-5 shrink-0 text-muted" aria-hidden="true" />
                    <span className="truncate font-medium">{t("all", { q: isolate(query) })}</span>
                  </>
                ),
              },
            ],
    },
  ];
  const groups = all.filter((group) => group.options.length > 0);
  const options = groups.flatMap((group) => group.options);
  const marked = options[Math.min(markedIndex, options.length - 1)];
  const optionId = (key: string) => `${listId}-${key}`;

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  });

  const onKeyDown = (event: KeyboardEvent) => {
    // An input method uses the same keys to choose a word.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    const at = marked ? options.indexOf(marked) : -1;
    if (event.key === "ArrowDown") setMarkedIndex((at + 1) % Math.max(options.length, 1));
    else if (event.key === "ArrowUp") setMarkedIndex((at - 1 + options.length) % Math.max(options.length, 1));
    else if (event.key === "Enter") open(marked, event);
    else return;
    event.preventDefault();
  };

  const open = (option: Option | undefined, { ctrlKey, metaKey, shiftKey }: KeyboardEvent) => {
    if (!option) return;
    const isBehind = option.isResult && !isCurrent;
    const key = isBehind ? "all" : option.key;
    const link = document.getElementById(optionId(key));
    // As a click with the same keys, which may open another tab.
    link?.dispatchEvent(
      new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }),
    );
  };

  return (
    <Dialog
      title={t("title")}
      onClose={onClose}
      className="mt-[max(1rem,10dvh)] mb-auto w-[min(38rem,calc(100vw-1.5rem))]"
    >
      {(close) => (
        <>
          <div className="relative">
            <Search
              className="pointer-events-none absolute top-1/2 left-4 size-5 -translate-y-1/2 text-faint"
              aria-hidden="true"
            />
            <input
              type="text"
              role="combobox"
              aria-label={t("placeholder")}
              aria-expanded={options.length > 0}
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={marked ? optionId(marked.key) : undefined}
              inputMode="search"
              enterKeyHint="search"
              autoComplete="off"
              autoCorrect="off"
              spellCheck={false}
              dir={text === "" ? undefined : "auto"}
              data-initial-focus
              placeholder={t("placeholder")}
              maxLength={MAX_SEARCH_LENGTH}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setMarkedIndex(0);
              }}
              onKeyDown={onKeyDown}
              className="h-13 w-full rounded-2xl border border-line-strong bg-ground/70 pr-11 pl-12 text-base text-ellipsis placeholder:text-faint hover:border-muted focus:border-ink"
            />
            {query !== "" && !isCurrent ? (
              <Mark
                animated
                className="pointer-events-none absolute top-1/2 right-4 size-5 -translate-y-1/2"
              />
            ) : null}
          </div>
          {found?.failure && isCurrent ? <FailureNote failure={found.failure} className="mt-3" /> : null}
          <p
            role="status"
            className={cn("text-sm text-muted", resultCount > 0 || query === "" ? "sr-only" : "mt-3")}
          >
            {query === "" || found?.failure
              ? ""
              : isCurrent
                ? t("found", { count: resultCount })
                : t("searching")}
          </p>
          <div
            ref={list}
            id={listId}
            role="listbox"
            aria-label={t("title")}
            tabIndex={-1}
            className="-mx-2 mt-3 min-h-0 grow overflow-y-auto overscroll-contain"
          >
            {groups.map((group) => (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
              <div
                key={group.key}
                role="group"
                aria-label={group.label ?? t("title")}
                className={cn("mb-2", group.key !== "pages" && !isCurrent && "opacity-60")}
              >
                {group.label === null ? null : (
                  <p aria-hidden="true" className="px-3 pt-2 pb-1 text-xs font-semibold text-faint">
                    {group.label}
                  </p>
                )}
                {group.options.map((option) => (
                  <Link
                    key={option.key}
                    id={optionId(option.key)}
                    role="option"
                    aria-selected={option === marked}
                    tabIndex={-1}
                    href={option.href}
                    // Keeps the focus in the field.
                    onMouseDown={(event) => event.preventDefault()}
                    onMouseMove={() => setMarkedIndex(options.indexOf(option))}
                    onClick={(event) => {
                      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) close();
                    }}
                    className="flex min-h-11 items-center gap-3 rounded-xl px-2 py-1.5 aria-selected:bg-ink/9"
                  >
                    {option.content}
                  </Link>
                ))}
              </div>
            ))}
          </div>
        </>
      )}
    </Dialog>
  );
}
