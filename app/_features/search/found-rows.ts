import type { SearchResults } from "@/lib/schemas/search";
import { type FoundKind, MAX_TAG_COUNT } from "@/lib/schemas/search-limits";
import { tagPath } from "@/lib/schemas/tag-path";
import type { Cover } from "@/lib/schemas/track";

/** What one row shows, whatever was found. */
export interface FoundEntry {
  kind: FoundKind;
  key: string;
  href: string;
  /** What is drawn; null: a tag. */
  art: { id: string; cover: Cover | null } | null;
  title: string;
  /** The second line. */
  note: string;
  /** Of the person whom the second line names. */
  personHandle: string | null;
  /** In the colour of money. */
  price: string | null;
}

interface Texts {
  money: (amount: { amountMinor: number; currency: string }) => string;
  countPosts: (count: number) => string;
  manyPosts: string;
}

/** The rows of each kind, in the order that they are shown in. */
export function toEntries(results: SearchResults, texts: Texts): Record<FoundKind, FoundEntry[]> {
  const { posts, people, tags, products } = results;
  return {
    posts: posts.items.map((post) => ({
      ...{ kind: "posts", key: post.id, href: `/posts/${post.id}`, price: null },
      ...{ art: { id: post.id, cover: post.cover }, title: post.title },
      ...{ note: post.authorName, personHandle: post.authorHandle },
    })),
    people: people.items.map((person) => ({
      ...{ kind: "people", key: person.id, href: `/u/${person.handle}`, price: null },
      ...{ art: { id: person.id, cover: null }, title: person.name },
      ...{ note: `@${person.handle}`, personHandle: null },
    })),
    tags: tags.items.map(({ tag, postsCount }) => ({
      ...{ kind: "tags", key: tag, href: tagPath(tag), price: null, art: null, title: tag },
      note: postsCount < MAX_TAG_COUNT ? texts.countPosts(postsCount) : texts.manyPosts,
      personHandle: null,
    })),
    products: products.items.map((product) => ({
      ...{ kind: "products", key: product.id, href: `/shop/${product.id}` },
      ...{ art: { id: product.id, cover: product.cover }, title: product.title },
      ...{ note: product.sellerName ?? "", personHandle: product.sellerHandle },
      price: texts.money({ amountMinor: product.priceMinor, currency: product.currency }),
    })),
  };
}
