import { z } from "zod";
import { type Caller, roleSchema } from "../core/access-token";
import { caseVariants, isStorable } from "../core/text";
import { db } from "../db";

const MAX_RESULTS = 20;

export const peopleSearchQuerySchema = z.object({
  /** A part of the name; nothing: the first by name. */
  q: z.string().trim().max(100).refine(isStorable).default(""),
});

export const peopleSearchResultsSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), name: z.string(), role: roleSchema })),
});

/** People to write to, to invite and to mention: by name alone, their address is nobody's business. */
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
