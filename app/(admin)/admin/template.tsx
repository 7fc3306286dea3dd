import type { ReactNode } from "react";
import { ConsoleSkeleton } from "@/app/_features/console/console-skeleton";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";

/** A template and not a layout: every section is a new one, with its skeleton until the page is there. */
export default function ConsoleTemplate({ children }: { children: ReactNode }) {
  return <NavigationSuspense skeleton={<ConsoleSkeleton />}>{children}</NavigationSuspense>;
}
