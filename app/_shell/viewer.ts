import "server-only";
import { cache } from "react";
import { log } from "@/lib/core/log";
import { currentUser } from "@/lib/sessions";

export type Viewer = NonNullable<Awaited<ReturnType<typeof currentUser>>>;

/** The signed-in user, read once per render. Throws when sessions cannot be read. */
export const getViewer = cache(() => currentUser());

/**
 * The same for the shell: when sessions cannot be read, the shell renders signed out and the page inside
 * handles the failure separately, so that the whole document does not fail.
 */
export const getShellViewer = cache(async (): Promise<Viewer | null> => {
  try {
    return await getViewer();
  } catch (cause) {
    log().warn({ err: cause }, "sessions unavailable: shell rendered signed out");
    return null;
  }
});
