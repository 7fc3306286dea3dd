import { z } from "zod";
import { isStorable } from "../core/text";
import { Role } from "./enums";

export const peopleSearchQuerySchema = z.object({
  /** A part of the name; empty returns the first users by name. */
  q: z.string().trim().max(100).refine(isStorable).default(""),
});

export const peopleSearchResultsSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), name: z.string(), role: z.enum(Role) })),
});

export type FoundPeople = z.infer<typeof peopleSearchResultsSchema>;
