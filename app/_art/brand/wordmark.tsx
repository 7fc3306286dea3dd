import { cn } from "@/app/_ui/cn";

/**
 * The site's name as an image mask over the text colour: it needs no font, and its six kilobytes are fetched
 * once and not with every page. The height follows from the width, so set a width.
 */
export function Wordmark({ className }: { className?: string }) {
  return <span aria-hidden="true" className={cn("wordmark block text-ink", className)} />;
}
