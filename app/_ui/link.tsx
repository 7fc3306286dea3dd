"use client";

import NextLink, { useLinkStatus } from "next/link";
import type { ComponentProps } from "react";

/**
 * A link inside the site, which shows at once that it was tapped (motion.css). Its page is never prefetched: a page
 * view must not spend the viewer's rate limit on pages that they did not open.
 */
export function Link({ children, ...props }: Omit<ComponentProps<typeof NextLink>, "prefetch">) {
  return (
    <NextLink {...props} prefetch={false}>
      {children}
      <PendingMark />
    </NextLink>
  );
}

function PendingMark() {
  return useLinkStatus().pending ? <span className="link-pending" aria-hidden="true" /> : null;
}
