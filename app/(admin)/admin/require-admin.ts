import "server-only";
import { notFound, redirect } from "next/navigation";
import { getViewer, type Viewer } from "@/app/_shell/viewer";

/**
 * Lets administrators through. A stranger may sign in; for everybody else the console does not exist.
 * @param path where to come back to
 */
export async function requireAdmin(path: string): Promise<Viewer> {
  const viewer = await getViewer();
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  if (viewer.role !== "admin") notFound();
  return viewer;
}
