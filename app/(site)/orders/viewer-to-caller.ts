import type { Viewer } from "@/app/_shell/viewer";
import type { Caller } from "@/lib/core/access-token";

/** Maps the page viewer to the caller type of the domain services. */
export function viewerToCaller({ id, seq, role, name }: Viewer): Caller {
  return { userId: id, seq, role, name };
}
