import type { ReactNode } from "react";
import { ConsoleLayout } from "../console-layout";

export default function AdminAnalyticsLayout({ children }: { children: ReactNode }) {
  return <ConsoleLayout path="/admin/analytics">{children}</ConsoleLayout>;
}
