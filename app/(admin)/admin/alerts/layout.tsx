import type { ReactNode } from "react";
import { ConsoleLayout } from "../console-layout";

export default function AdminAlertsLayout({ children }: { children: ReactNode }) {
  return <ConsoleLayout path="/admin/alerts">{children}</ConsoleLayout>;
}
