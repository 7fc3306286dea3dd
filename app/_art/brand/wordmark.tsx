import { cn } from "@/app/_ui/cn";

/**
 * The name, cut out of the text colour by a picture of its outlines: it never waits for a font, and its six
 * kilobytes are fetched once and not with every page. As high as its letters, so set a width.
 */
export function Wordmark({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn("wordmark block text-ink", className)} />;
}
