import { applyEnvironment } from "./library";
import type { Probe } from "./probe";

/** The counts of a page of posts that were just read from Postgres. */
export const counts: Probe = {
  name: "counts",
  measure: async (stage) => {
    applyEnvironment(stage);
    const { getViewCounts, toViewRow, viewColumns } = await import("@/lib/views");
    const { db } = await import("@/lib/db");
    const { createPeople, createTestPost } = await import("@/tests/support/factories/people");
    const [author] = await createPeople(1, "artist");
    if (!author) throw new Error("no author was created");
    for (let post = 0; post < 20; post += 1) await createTestPost(author);
    const rows = await db().post.findMany({ select: viewColumns, orderBy: { id: "desc" }, take: 20 });
    const viewRows = rows.map(toViewRow);
    await getViewCounts(viewRows);
    const { billed } = await stage.measureDuring(() => getViewCounts(viewRows));
    return [{ what: "20 counts of a feed", now: String(billed), atMost: "1" }];
  },
};
