import type { ReactNode } from "react";
import { Mark } from "@/app/_art/brand/mark";

/** Explains why the user sees a sign-in page, or confirms what they have just done. */
export function AuthNote({ children }: { children: ReactNode }) {
  return (
    <div role="status" className="mb-6 flex items-center gap-4 rounded-2xl border border-line bg-raised p-4">
      <Mark className="size-8 shrink-0" />
      <div className="min-w-0 text-[0.9375rem] text-pretty">{children}</div>
    </div>
  );
}
