import { splitLinks } from "./split-links";

/** A text that people have written, with its links. The text around it belongs to the caller. */
export function LinkedText({ text }: { text: string }) {
  return splitLinks(text).map((part, index) =>
    part.kind === "text" ? (
      part.text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have no other key
      <TextLink key={index} href={part.href} text={part.text} />
    ),
  );
}

interface TextLinkProps {
  href: string;
  text: string;
  tabIndex?: number;
}

/** A link that a person has written: it opens beside the page, knows nothing of it, and is no recommendation. */
export function TextLink({ href, text, tabIndex }: TextLinkProps) {
  return (
    <a
      href={href}
      dir="auto"
      target="_blank"
      rel="noopener noreferrer nofollow ugc"
      tabIndex={tabIndex}
      className="text-tint-text underline decoration-1 underline-offset-3 hover:decoration-2"
    >
      {text}
    </a>
  );
}
