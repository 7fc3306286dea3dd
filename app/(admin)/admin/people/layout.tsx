import type { ReactNode } from "react";
import { ConsoleLayout } from "../console-layout";

export default function AdminPeopleLayout({ children }: { children: ReactNode }) {
  return <ConsoleLayout path="/admin/people">{children}</ConsoleLayout>;
}
