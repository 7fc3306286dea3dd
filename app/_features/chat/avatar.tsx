import { Cover } from "@/app/_art/cover";
import { cn } from "@/app/_ui/cn";
import { PresenceDot } from "./presence-dot";

interface Props {
  /** Of the person, or of the group. */
  id: string;
  round: boolean;
  /** Whose presence is shown at its edge; left out: nobody's. */
  userId?: string | undefined;
  className?: string;
}

/** A person is a disc, a group is a sleeve. Decoration: the name stands beside it. */
export function Avatar({ id, round, userId, className }: Props) {
  return (
    <span className={cn("relative block size-12 shrink-0", className)}>
      <span className={cn("block size-full overflow-hidden", round ? "rounded-full" : "rounded-xl")}>
        <Cover id={id} />
      </span>
      {userId === undefined ? null : (
        <PresenceDot userId={userId} className="absolute -right-0.5 -bottom-0.5" />
      )}
    </span>
  );
}
