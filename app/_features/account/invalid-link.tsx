import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/app/_ui/button";

/** A link from a mail that opens nothing: why that may be, and the way on. */
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
        <Link href={href} prefetch={false}>
          {action}
        </Link>
      </Button>
    </div>
  );
}

/** Whether an answer says that the link is to blame: forged, used, replaced by a newer one, or too late. */
export function isInvalidLink(failure: { details: { path: string }[] } | null): boolean {
  return failure?.details.some(({ path }) => path === "token") ?? false;
}
