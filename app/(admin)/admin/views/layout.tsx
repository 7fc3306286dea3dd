import type { ReactNode } from "react";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";

/** Runs before the loading screen, so that a viewer without access gets the right status instead of a skeleton. */
export default async function AdminViewsLayout({ children }: { children: ReactNode }) {
  await requireAdmin("/admin/views");
  return children;
}
