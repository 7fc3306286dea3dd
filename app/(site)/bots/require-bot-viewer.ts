import "server-only";
import { notFound, redirect } from "next/navigation";
import { readForPage } from "@/app/_shell/read-for-page";
import { getViewer, type Viewer } from "@/app/_shell/viewer";
import type { Caller } from "@/lib/core/access-token";
import { AppError } from "@/lib/core/errors";

export interface BotViewer {
  viewer: Viewer;
  caller: Caller;
}

/** The viewer, who may be a listener. @param path where sign-in returns to */
export async function requireBotViewer(path: string): Promise<BotViewer> {
  const viewer = await getViewer();
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  const { id, seq, role, name } = viewer;
  return { viewer, caller: { userId: id, seq, role, name } };
}

/** As `readForPage`; what the viewer may not see is a 404, for listeners too. */
export async function readOfBot<T>(read: Promise<T>): Promise<T> {
  try {
    return await readForPage(read);
  } catch (error) {
    if (error instanceof AppError && (error.code === "not_found" || error.code === "forbidden")) notFound();
    throw error;
  }
}
