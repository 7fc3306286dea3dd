import type { ReactNode } from "react";
import { ConsoleLayout } from "../console-layout";

export default function AdminAuditLayout({ children }: { children: ReactNode }) {
  return <ConsoleLayout path="/admin/audit">{children}</ConsoleLayout>;
}
