import { Prisma } from "../../prisma/generated/client";

/** SQL for the search by name, over the function `search_text` and the indexes of its migration. */
export interface NameSearch {
  /** Whether the name begins with the term. */
  beginsSql: Prisma.Sql;
  /** Whether the name contains the term; null for a term that trigrams cannot find (punctuation alone). */
  containsSql: Prisma.Sql | null;
  /** The same for a column with addresses, which have no accents and are in lower case. */
  addressContainsSql: Prisma.Sql | null;
}

/** The order of results: by name, whatever the database's collation is. */
export const nameOrderSql = Prisma.sql`search_text(name) COLLATE "C"`;

/**
 * Conditions for a search term over `name` and `email` of "User". Case, accents, «ё» or «е», the Unicode form and the
 * kind of space do not matter. A term of one or two characters is searched at the beginnings of words only: a trigram
 * index cannot find it inside of them, and reading every name would take seconds.
 */
export function searchByName(q: string): NameSearch {
  const escapedSql = Prisma.sql`regexp_replace(search_text(${q}), '([\\\\%_])', '\\\\\\1', 'g')`;
  const escapedAddress = q.toLowerCase().replace(/[\\%_]/g, "\\$&");
  const isFindable = /[\p{L}\p{N}]/u.test(q);
  const isInfix = hasTrigram(q);
  return {
    beginsSql: Prisma.sql`search_text(name) COLLATE "C" LIKE ${escapedSql} || '%'`,
    containsSql: isFindable
      ? Prisma.sql`search_text(name) LIKE ${isInfix ? "%" : "% "} || ${escapedSql} || '%'`
      : null,
    addressContainsSql: isFindable
      ? Prisma.sql`email LIKE ${`${isInfix ? "%" : ""}${escapedAddress}%`}`
      : null,
  };
}

/** Whether a pattern `%q%` contains a whole trigram, as pg_trgm sees it: a word is padded where it begins and ends. */
export function hasTrigram(q: string): boolean {
  const text = q.normalize("NFKD").replace(/\p{M}/gu, "").trim();
  return /[\p{L}\p{N}]{3}|[\p{L}\p{N}]{2}[^\p{L}\p{N}]|[^\p{L}\p{N}][\p{L}\p{N}]/u.test(text);
}
