"use client";

import { useRouter } from "next/navigation";
import { type ComponentProps, type MouseEvent, useTransition } from "react";

interface Address {
  pathname: string;
  query: Readonly<Record<string, string | number | boolean | null | undefined>>;
}

interface Props extends Omit<ComponentProps<"a">, "href"> {
  /** Within the site. */
  href: string | Address;
  replace?: boolean;
  /** False: the page stays where it is scrolled to. */
  scroll?: boolean;
}

/**
 * A link inside the site, which shows at once that it was tapped (motion.css). Its page is never prefetched: a page
 * view must not spend the viewer's rate limit on pages that they did not open. So it needs little of Next's link, which
 * would be 3 KB of every page.
 */
export function Link({ href, replace = false, scroll = true, onClick, children, ...props }: Props) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const address = typeof href === "string" ? href : toAddress(href);
  const navigate = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || isForBrowser(event)) return;
    event.preventDefault();
    startTransition(() => (replace ? router.replace : router.push)(address, { scroll }));
  };
  return (
    <a {...props} href={address} onClick={navigate}>
      {children}
      {isPending ? <span className="link-pending" aria-hidden="true" /> : null}
    </a>
  );
}

/** Another tab or window, or a download. */
function isForBrowser({ metaKey, ctrlKey, shiftKey, altKey, currentTarget }: MouseEvent<HTMLAnchorElement>) {
  const { target } = currentTarget;
  const hasTarget = target !== "" && target !== "_self";
  return metaKey || ctrlKey || shiftKey || altKey || hasTarget || currentTarget.hasAttribute("download");
}

function toAddress({ pathname, query }: Address): string {
  const given = Object.entries(query).map(([name, value]) => [name, String(value ?? "")]);
  const search = new URLSearchParams(given).toString();
  return search === "" ? pathname : `${pathname}?${search}`;
}
