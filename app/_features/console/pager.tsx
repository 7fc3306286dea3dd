import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";

interface Props {
  path: "/admin/tasks" | "/admin/alerts" | "/admin/people" | "/admin/audit";
  /** Filter of the list, kept in the links. */
  query?: Readonly<Record<string, string>>;
  nextCursor: string | null;
  /** True when this is not the newest page. */
  continued: boolean;
}

export function Pager({ path, query = {}, nextCursor, continued }: Props) {
  const t = useTranslations("console");
  if (!nextCursor && !continued) return null;
  return (
    <div className="mt-8 flex flex-wrap gap-3">
      {continued ? (
        <Button asChild look="plain">
          <Link href={{ pathname: path, query }}>{t("newest")}</Link>
        </Button>
      ) : null}
      {nextCursor ? (
        <Button asChild look="quiet">
          <Link href={{ pathname: path, query: { ...query, cursor: nextCursor } }}>{t("older")}</Link>
        </Button>
      ) : null}
    </div>
  );
}
