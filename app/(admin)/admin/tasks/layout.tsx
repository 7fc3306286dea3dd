import type { ReactNode } from "react";
import { ConsoleLayout } from "../console-layout";

export default function AdminTasksLayout({ children }: { children: ReactNode }) {
  return <ConsoleLayout path="/admin/tasks">{children}</ConsoleLayout>;
}
