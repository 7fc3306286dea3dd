import { Minus, Plus } from "lucide-react";
import { useTranslations } from "next-intl";
import { cn } from "@/app/_ui/cn";

type SummaryItem =
  | "profile"
  | "posts"
  | "goods"
  | "bonuses"
  | "sessions"
  | "bought"
  | "orders"
  | "views"
  | "tokens";

interface Props {
  kind: "goes" | "stays";
  title: string;
  items: readonly SummaryItem[];
}

/** Lists what a deletion removes or keeps. */
export function DeletionSummary({ kind, title, items }: Props) {
  const t = useTranslations("myData.items");
  const Icon = kind === "goes" ? Minus : Plus;
  return (
    <div>
      <h3 className="text-sm font-semibold">{title}</h3>
      <ul className="mt-2.5 space-y-2 text-sm text-pretty text-muted">
        {items.map((item) => (
          <li key={item} className="flex gap-2.5">
            <Icon
              className={cn("mt-0.5 size-4 shrink-0", kind === "goes" ? "text-danger" : "text-mark")}
              aria-hidden="true"
            />
            <span className="min-w-0">{t(item)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
