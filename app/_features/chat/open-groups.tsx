import { useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { Link } from "@/app/_ui/link";
import { isolate } from "@/lib/schemas/isolate";
import { JoinButton } from "./join-button";

interface OpenGroup {
  id: string;
  title: string;
  membersCount: number;
  joined: boolean;
}

/** Groups that any user may join, as a grid of covers. */
export function OpenGroups({ groups }: { groups: readonly OpenGroup[] }) {
  const t = useTranslations("chat");
  if (groups.length === 0) return <p className="text-sm text-muted">{t("noOpenGroups")}</p>;
  return (
    <ul className="grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4 xl:grid-cols-4">
      {groups.map((group) => (
        <li
          key={group.id}
          style={tintStyle(group.id)}
          className="tinted relative flex min-w-0 flex-col overflow-hidden rounded-2xl bg-tint"
        >
          <div className="aspect-[4/3] overflow-hidden">
            <Cover id={group.id} />
          </div>
          <div className="flex grow flex-col gap-2 p-3">
            <h3
              dir="auto"
              className="line-clamp-2 text-left leading-snug font-semibold [overflow-wrap:anywhere]"
            >
              {group.title}
            </h3>
            <p className="tabular mt-auto text-xs text-muted">
              {t("members", { count: group.membersCount })}
            </p>
            {group.joined ? (
              <Link
                href={`/chat/${group.id}`}
                className="text-sm font-semibold underline underline-offset-4"
                aria-label={t("openNamed", { title: isolate(group.title) })}
              >
                {t("open")}
              </Link>
            ) : (
              <JoinButton chatId={group.id} title={group.title} />
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
