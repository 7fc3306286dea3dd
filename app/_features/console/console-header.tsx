import type { ReactNode } from "react";
import { PageTitle } from "@/app/_shell/page";
import { ConsoleNav, type ConsoleSection } from "./console-nav";

interface Props {
  section: ConsoleSection;
  title: string;
  lead: string;
  /** Number of open alerts; null when unknown. */
  alerts: number | null;
  /** Beside the title. */
  children?: ReactNode;
}

export function ConsoleHeader({ section, title, lead, alerts, children }: Props) {
  return (
    <>
      <ConsoleNav current={section} alerts={alerts} />
      <div className="mt-6 flex flex-wrap items-start justify-between gap-x-10 gap-y-6">
        <div className="min-w-0">
          <PageTitle className="[overflow-wrap:anywhere]">{title}</PageTitle>
          <p className="mt-4 max-w-[54ch] text-muted">{lead}</p>
        </div>
        {children}
      </div>
    </>
  );
}
