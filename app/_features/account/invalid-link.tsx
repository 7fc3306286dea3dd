import type { ReactNode } from "react";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";

/** Shown for a mailed link that does not work: the possible reasons and a next step. */
export function InvalidLink({
  text,
  href,
  action,
}: {
  text: ReactNode;
  href: "/forgot-password" | "/me";
  action: string;
}) {
  return (
    <div role="alert">
      <p className="mb-6 text-pretty text-muted">{text}</p>
      <Button asChild size="large" className="w-full">
        <Link href={href}>{action}</Link>
      </Button>
    </div>
  );
}

/** Whether the failure is about the link: forged, used, replaced by a newer one, or expired. */
export function isInvalidLink(failure: { details: { path: string }[] } | null): boolean {
  return failure?.details.some(({ path }) => path === "token") ?? false;
}
