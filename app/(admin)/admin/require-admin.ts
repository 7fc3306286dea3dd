import "server-only";
import { notFound, redirect } from "next/navigation";
import { getViewer, type Viewer } from "@/app/_shell/viewer";

/**
 * Returns the viewer when they are an administrator. Redirects anonymous viewers to sign-in; everyone else gets a 404.
 * @param path where sign-in returns to
 */
export async function requireAdmin(path: string): Promise<Viewer> {
  const viewer = await getViewer();
  if (!viewer) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  if (viewer.role !== "admin") notFound();
  return viewer;
}
