import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";

export function Tags({ tags, className }: { tags: readonly string[]; className?: string }) {
  const t = useTranslations("post");
  if (tags.length === 0) return null;
  return (
    <ul
      aria-label={t("tags")}
      className={cn("flex flex-wrap gap-x-3 gap-y-1 text-sm text-tint-text", className)}
    >
      {tags.map((tag) => (
        <li key={tag} className="max-w-full truncate">
          <span aria-hidden="true" className="opacity-60">
            #
          </span>
          <bdi>{tag}</bdi>
        </li>
      ))}
    </ul>
  );
}
