import type { ReactNode } from "react";
import { PostgresDown } from "@/app/_features/console/postgres-down";
import { nullOnOutage } from "./null-on-outage";
import { requireAdmin } from "./require-admin";

/** Runs before the loading screen, so that a viewer without access gets the right status instead of a skeleton. */
export async function ConsoleLayout({ path, children }: { path: string; children: ReactNode }) {
  const viewer = await nullOnOutage(() => requireAdmin(path));
  return viewer ? children : <PostgresDown path={path} />;
}
