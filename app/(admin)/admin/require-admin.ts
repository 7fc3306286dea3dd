import "server-only";
import { notFound, redirect } from "next/navigation";
import { PageUnavailableError } from "@/app/_shell/read-for-page";
import { getViewer, type Viewer } from "@/app/_shell/viewer";
import { claimedUser } from "@/lib/sessions";

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

/**
 * The same for the page that shows what is broken. When sessions cannot be read, an administrator by the signed access
 * token counts as one, and may see nothing but whether backends work.
 */
export async function requireAdminOrClaim(
  path: string,
): Promise<{ viewer: Viewer; claimed?: undefined } | { viewer: null; claimed: { role: "admin" } }> {
  try {
    return { viewer: await requireAdmin(path) };
  } catch (error) {
    const claimed = error instanceof PageUnavailableError ? await claimedUser() : null;
    if (claimed?.role !== "admin") throw error;
    return { viewer: null, claimed: { role: claimed.role } };
  }
}
