/**
 * The page of a tag, as it was written. A tag of dots alone is searched for instead: browsers read it as a folder,
 * escaped or not.
 */
export function tagPath(tag: string): `/tags/${string}` | `/search?q=${string}` {
  const name = encodeURIComponent(tag.normalize("NFC").toLowerCase());
  return /^\.+$/.test(name) ? `/search?q=${name}` : `/tags/${name}`;
}

/** The one address of all ways to write a tag: without accents, and with «е» for «ё», as `search_fold` of the migrations. */
export function canonicalTagPath(tag: string): ReturnType<typeof tagPath> {
  return tagPath(
    tag
      .normalize("NFKD")
      .replace(/и\u0306/gi, "й")
      .replace(/[\u0300-\u036f]/g, ""),
  );
}
