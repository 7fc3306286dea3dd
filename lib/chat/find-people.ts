import type { z } from "zod";
import type { Caller } from "../core/access-token";
import { caseVariants } from "../core/text";
import { db } from "../db";
import type { FoundPeople, peopleSearchQuerySchema } from "../schemas/person";

const MAX_RESULTS = 20;

/** Finds users to write to, invite or mention. Searches by name only: email addresses are private. */
export async function findPeople(
  { userId }: Pick<Caller, "userId">,
  { q }: z.output<typeof peopleSearchQuerySchema>,
): Promise<FoundPeople> {
  const items = await db().user.findMany({
    where: {
      id: { not: userId },
      deletedAt: null,
      OR: caseVariants(q).map((contains) => ({ name: { contains, mode: "insensitive" as const } })),
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: MAX_RESULTS,
    select: { id: true, name: true, role: true },
  });
  return { items };
}
