const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/** Telegram's HTML as the text that people read. */
export function plainText(html: string): string {
  return html
    .replace(/<\/?[a-z-]+(?:\s[^<>]*)?>/g, "")
    .replace(/&(lt|gt|amp|quot);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
