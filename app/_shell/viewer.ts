import "server-only";
import { cache } from "react";
import { log } from "@/lib/core/log";
import { currentUser } from "@/lib/sessions";

export type Viewer = NonNullable<Awaited<ReturnType<typeof currentUser>>>;

/** Who is looking, asked once per render. Throws when that cannot be known. */
export const getViewer = cache(() => currentUser());

/**
 * The same for the frame around a page: when nobody can say who is looking, the frame shows its
 * signed-out side and the page inside decides for itself, instead of the whole document failing.
 */
export const getShellViewer = cache(async (): Promise<Viewer | null> => {
  try {
    return await getViewer();
  } catch (cause) {
    log().warn({ err: cause }, "the frame is shown signed out: sessions cannot be read");
    return null;
  }
});
