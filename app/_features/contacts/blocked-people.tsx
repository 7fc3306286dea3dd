import { useFormatter, useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import { PersonLink } from "@/app/_ui/person-link";
import type { Block } from "@/lib/schemas/block";
import { BlockButton } from "./block-button";

/** The people whom the viewer has blocked, each with a button that lifts the block. */
export function BlockedPeople({ blocks }: { blocks: readonly Block[] }) {
  const t = useTranslations("contacts");
  const format = useFormatter();
  if (blocks.length === 0) return <p className="text-muted">{t("noBlocked")}</p>;
  return (
    <ul className="flex flex-col divide-y divide-line">
      {blocks.map(({ person, createdAt }) => (
        <li key={person.id} className="flex flex-wrap items-center gap-3 py-2.5 first:pt-0">
          <Cover id={person.id} className="size-10 shrink-0 rounded-full" />
          <span className="min-w-0 grow">
            <span className="block truncate font-medium">
              <PersonLink name={person.name} handle={person.handle} />
            </span>
            <time dateTime={createdAt} className="block text-xs text-muted">
              {t("since", { date: format.dateTime(new Date(createdAt), { dateStyle: "long" }) })}
            </time>
          </span>
          <BlockButton person={person} isBlocked />
        </li>
      ))}
    </ul>
  );
}
