import type { Viewer } from "@/app/_shell/viewer";
import type { Caller } from "@/lib/core/access-token";

/** Who is looking, as the domains want it. */
export function viewerToCaller({ id, seq, role, name }: Viewer): Caller {
  return { userId: id, seq, role, name };
}
