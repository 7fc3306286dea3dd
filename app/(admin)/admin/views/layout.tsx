import type { ReactNode } from "react";
import { requireAdmin } from "@/app/(admin)/admin/require-admin";

/** Above the loading screen, so that a stranger's answer has the right status and not a skeleton. */
export default async function AdminViewsLayout({ children }: { children: ReactNode }) {
  await requireAdmin("/admin/views");
  return children;
}
