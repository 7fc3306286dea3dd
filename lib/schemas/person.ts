import { z } from "zod";
import { isStorable } from "../core/text";
import { Role } from "./enums";
import { postPageSchema } from "./post";
import { productPageSchema } from "./product";
import { profileLinksSchema } from "./profile";
import { coverSchema } from "./track";

export const peopleSearchQuerySchema = z.object({
  /** A part of the name; empty returns the first users by name. */
  q: z.string().trim().max(100).refine(isStorable).default(""),
});

export const peopleSearchResultsSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), name: z.string(), role: z.enum(Role) })),
});

export type FoundPeople = z.infer<typeof peopleSearchResultsSchema>;

/** What everybody may know of an account. */
export const personSchema = z.object({
  id: z.uuid(),
  /** Of the page `/u/{handle}`; lower case, unique. */
  handle: z.string(),
  name: z.string(),
  role: z.enum(Role),
  bio: z.string(),
  links: profileLinksSchema,
  /** What they uploaded, shown as a square; null: the picture that is drawn from the id. */
  picture: coverSchema.nullable(),
  /** When the account was created. */
  createdAt: z.iso.datetime(),
});

export type Person = z.infer<typeof personSchema>;

/** A person's page: the person and the first pages of what they published. */
export const personPageSchema = z.object({
  person: personSchema,
  posts: postPageSchema,
  products: productPageSchema,
});

export type PersonPage = z.infer<typeof personPageSchema>;
