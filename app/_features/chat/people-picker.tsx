"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { Skeleton } from "@/app/_ui/skeleton";
import { Avatar } from "./avatar";
import { SearchField } from "./search-field";
import type { Person } from "./store/chat-api";
import { usePeopleSearch } from "./use-people-search";

interface Props {
  label: string;
  /** Renders the button for a user. */
  action: (person: Person) => ReactNode;
}

/** Searches users by name. */
export function PeoplePicker({ label, action }: Props) {
  const t = useTranslations("chat");
  const [q, setQ] = useState("");
  const results = usePeopleSearch(q);
  return (
    <>
      <SearchField label={label} value={q} onChange={setQ} maxLength={100} />
      {results?.failure ? <FailureNote failure={results.failure} className="mt-3" /> : null}
      <p role="status" className="sr-only">
        {results ? t("peopleFound", { count: results.items.length }) : ""}
      </p>
      {results && results.items.length === 0 && !results.failure ? (
        <p className="mt-4 px-2 text-sm text-muted">{t("nobodyFound")}</p>
      ) : null}
      <ul className="mt-3 flex flex-col gap-0.5">
        {results === null
          ? [0, 1, 2].map((row) => (
              <li key={row} className="flex items-center gap-3 p-2">
                <Skeleton className="size-11 rounded-full" />
                <Skeleton className="h-4 w-40" />
              </li>
            ))
          : results.items.map((person) => (
              <li
                key={person.id}
                className="relative flex items-center gap-3 rounded-2xl p-2 transition-colors hover:bg-ink/6"
              >
                <Avatar id={person.id} round userId={person.id} className="size-11" />
                <span dir="auto" className="min-w-0 grow truncate text-left font-medium">
                  {person.name}
                </span>
                {action(person)}
              </li>
            ))}
      </ul>
    </>
  );
}
