"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { Skeleton } from "@/app/_ui/skeleton";
import { Face } from "./avatar";
import { SearchField } from "./search-field";
import type { Person } from "./store/chat-api";
import { usePeople } from "./use-people-search";

interface Props {
  label: string;
  /** What can be done with a person. */
  action: (person: Person) => ReactNode;
}

/** People, found by name. */
export function PeoplePicker({ label, action }: Props) {
  const t = useTranslations("chat");
  const [q, setQ] = useState("");
  const found = usePeople(q);
  return (
    <>
      <SearchField label={label} value={q} onChange={setQ} maxLength={100} />
      {found?.failure ? <FailureNote failure={found.failure} className="mt-3" /> : null}
      <p role="status" className="sr-only">
        {found ? t("peopleFound", { count: found.items.length }) : ""}
      </p>
      {found && found.items.length === 0 && !found.failure ? (
        <p className="mt-4 px-2 text-sm text-muted">{t("nobodyFound")}</p>
      ) : null}
      <ul className="mt-3 flex flex-col gap-0.5">
        {found === null
          ? [0, 1, 2].map((row) => (
              <li key={row} className="flex items-center gap-3 p-2">
                <Skeleton className="size-11 rounded-full" />
                <Skeleton className="h-4 w-40" />
              </li>
            ))
          : found.items.map((person) => (
              <li
                key={person.id}
                className="relative flex items-center gap-3 rounded-2xl p-2 transition-colors hover:bg-ink/6"
              >
                <Face id={person.id} round userId={person.id} className="size-11" />
                <span className="min-w-0 grow truncate font-medium">{person.name}</span>
                {action(person)}
              </li>
            ))}
      </ul>
    </>
  );
}
