import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button } from "../ui/button";

interface Props {
  path: "/admin/tasks" | "/admin/alerts";
  nextCursor: string | null;
  /** Not the newest page. */
  continued: boolean;
}

export function Pager({ path, nextCursor, continued }: Props) {
  const t = useTranslations("console");
  if (!nextCursor && !continued) return null;
  return (
    <div className="mt-8 flex flex-wrap gap-3">
      {continued ? (
        <Button asChild look="plain">
          <Link href={path} prefetch={false}>
            {t("newest")}
          </Link>
        </Button>
      ) : null}
      {nextCursor ? (
        <Button asChild look="quiet">
          <Link href={{ pathname: path, query: { cursor: nextCursor } }} prefetch={false}>
            {t("older")}
          </Link>
        </Button>
      ) : null}
    </div>
  );
}
