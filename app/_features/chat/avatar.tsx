import { Cover } from "@/app/_art/cover";
import { cn } from "@/app/_ui/cn";
import { PresenceDot } from "./presence";

interface Props {
  /** Of the user, or of the group. */
  id: string;
  round: boolean;
  /** The user whose presence is shown at the edge; omitted: no presence. */
  userId?: string | undefined;
  className?: string;
}

/** Round for a user, square for a group. Decorative: the name is next to it. */
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
