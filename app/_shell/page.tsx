import type { ReactNode } from "react";
import { cn } from "@/app/_ui/cn";

/** The content column, with the same maximum width and edges on every page. */
export function Page({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div className={cn("mx-auto w-full max-w-[70rem] px-4 pb-28 sm:px-8 sm:pb-16 lg:px-12", className)}>
      {children}
    </div>
  );
}

export function PageTitle({ children, className }: { children: ReactNode; className?: string }) {
  return <h1 className={cn("display text-[clamp(2rem,6.2vw,4rem)]", className)}>{children}</h1>;
}
