import { z } from "zod";
import type { Caller } from "../core/access-token";
import { caseVariants, isStorable } from "../core/text";
import { db } from "../db";
import { Role } from "../schemas/enums";

const MAX_RESULTS = 20;

export const peopleSearchQuerySchema = z.object({
  /** A part of the name; empty returns the first users by name. */
  q: z.string().trim().max(100).refine(isStorable).default(""),
});

export const peopleSearchResultsSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), name: z.string(), role: z.enum(Role) })),
});

/** Finds users to write to, invite or mention. Searches by name only: email addresses are private. */
export async function findPeople(
  { userId }: Pick<Caller, "userId">,
  { q }: z.output<typeof peopleSearchQuerySchema>,
): Promise<z.infer<typeof peopleSearchResultsSchema>> {
  const items = await db().user.findMany({
    where: {
      id: { not: userId },
      OR: caseVariants(q).map((contains) => ({ name: { contains, mode: "insensitive" as const } })),
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: MAX_RESULTS,
    select: { id: true, name: true, role: true },
  });
  return { items };
}
