import { z } from "zod";
import { type Caller, roleSchema } from "../core/access-token";
import { isStorable, spellings } from "../core/text";
import { db } from "../db";

const MOST_FOUND = 20;

export const peopleFoundQuerySchema = z.object({
  /** A part of the name; nothing: the first by name. */
  q: z.string().trim().max(100).refine(isStorable).default(""),
});

export const peopleFoundSchema = z.object({
  items: z.array(z.object({ id: z.uuid(), name: z.string(), role: roleSchema })),
});

/** People to write to, to invite and to mention: by name alone, their address is nobody's business. */
export async function findPeople(
  { userId }: Pick<Caller, "userId">,
  { q }: z.output<typeof peopleFoundQuerySchema>,
): Promise<z.infer<typeof peopleFoundSchema>> {
  const items = await db().user.findMany({
    where: {
      id: { not: userId },
      OR: spellings(q).map((contains) => ({ name: { contains, mode: "insensitive" as const } })),
    },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: MOST_FOUND,
    select: { id: true, name: true, role: true },
  });
  return { items };
}
