import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";
import { Link } from "@/app/_ui/link";
import { tagPath } from "@/lib/schemas/tag-path";

interface Props {
  tags: readonly string[];
  /** False for a draft's, which lead nowhere. */
  linked?: boolean;
  className?: string;
}

/** A post's tags, which lead to their pages. They lie over the link that covers a card. */
export function Tags({ tags, linked = true, className }: Props) {
  const t = useTranslations("postList");
  if (tags.length === 0) return null;
  return (
    <ul
      aria-label={t("tags")}
      className={cn("flex flex-wrap gap-x-3 gap-y-1 text-sm text-tint-text", className)}
    >
      {tags.map((tag) => (
        <li key={tag} className="max-w-full truncate">
          {linked ? (
            <Link
              href={tagPath(tag)}
              className="relative z-10 -my-1 inline-block max-w-full truncate py-1 align-bottom underline-offset-4 hover:underline"
            >
              <TagName tag={tag} />
            </Link>
          ) : (
            <TagName tag={tag} />
          )}
        </li>
      ))}
    </ul>
  );
}

function TagName({ tag }: { tag: string }) {
  return (
    <>
      <span aria-hidden="true" className="opacity-60">
        #
      </span>
      <bdi>{tag}</bdi>
    </>
  );
}
