import type { ReactNode } from "react";
import { Cover } from "@/app/_art/cover";
import { PageTitle } from "@/app/_shell/page";
import { Link } from "@/app/_ui/link";

interface Props {
  title: string;
  lead?: string;
  /** Seed of the picture beside the form. */
  coverSeed: string;
  alternative?: { question: string; action: string; href: string };
  children: ReactNode;
}

/** Layout of the sign-in pages: the form on one side, a cover on the other. */
export function AuthLayout({ title, lead, coverSeed, alternative, children }: Props) {
  return (
    <div className="grid min-h-[calc(100dvh-3.6rem)] max-sm:pb-20 sm:min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)]">
      <div className="flex flex-col justify-center px-4 py-10 sm:px-12">
        <div className="mx-auto w-full max-w-108">
          <PageTitle className="text-[clamp(1.7rem,3vw,2.3rem)]">{title}</PageTitle>
          {lead ? <p className="mt-3 text-lg text-pretty text-muted">{lead}</p> : null}
          <div className="mt-8">{children}</div>
          {alternative ? (
            <p className="mt-6 text-sm text-muted">
              {alternative.question}{" "}
              <Link href={alternative.href} className="font-semibold text-ink underline underline-offset-4">
                {alternative.action}
              </Link>
            </p>
          ) : null}
        </div>
      </div>
      <div className="m-4 overflow-hidden rounded-3xl max-lg:hidden">
        <Cover id={coverSeed} />
      </div>
    </div>
  );
}
