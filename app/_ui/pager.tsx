import { useTranslations } from "next-intl";
import { Button } from "./button";
import { Link } from "./link";

interface Props {
  /** Of the list's page. */
  path: string;
  /** Filter of the list, kept in the links. */
  query?: Readonly<Record<string, string>>;
  nextCursor: string | null;
  /** True when this is not the newest page. */
  continued: boolean;
}

/** Links to the next older page of a list and back to the newest one. They work without JavaScript. */
export function Pager({ path, query = {}, nextCursor, continued }: Props) {
  const t = useTranslations("pager");
  if (!nextCursor && !continued) return null;
  return (
    <nav aria-label={t("label")} className="mt-8 flex flex-wrap gap-3">
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
    </nav>
  );
}
