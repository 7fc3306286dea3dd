import "server-only";
import { cache } from "react";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { getViewer } from "@/app/_shell/viewer";
import { getUser } from "@/lib/accounts";
import { getPerson } from "@/lib/people";
import type { Person } from "@/lib/schemas/person";

/** The viewer as their page shows them, read once per render; null for an anonymous one, and while it cannot be read. */
export const getOwnPerson = cache(async (): Promise<Person | null> => {
  const viewer = await getViewer();
  return viewer && readForPage(readPerson(viewer.id)).catch(toNullWhenUnavailable);
});

async function readPerson(userId: string): Promise<Person | null> {
  const user = await getUser(userId);
  return user && getPerson(user.handle);
}
