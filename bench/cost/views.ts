import { applyEnvironment } from "./library";
import type { Probe } from "./probe";

const VIEWERS = 100;
const POSTS = 10;

/** Recording views, without the request that brings them. */
export const views: Probe = {
  name: "view",
  measure: async (stage) => {
    applyEnvironment(stage);
    const { recordViews } = await import("@/lib/views");
    const { createPeople, createTestPost } = await import("@/tests/support/factories/people");
    const [author] = await createPeople(1, "artist");
    if (!author) throw new Error("no author was created");
    const posts: string[] = [];
    for (let post = 0; post < POSTS + 2; post += 1) posts.push(await createTestPost(author));
    const [warmPost = "", post = "", ...others] = posts;
    const people = await createPeople(VIEWERS + 4);
    const [first, second, third, ...rest] = people;
    if (!first || !second || !third) throw new Error("no viewers were created");
    // Loads the script into Redis.
    await recordViews(first.seq, [warmPost]);
    // A post becomes known to Redis with its first reader; that read is the feed's.
    await recordViews(author.seq, [post, ...others]);

    const firstView = await stage.measureDuring(() => recordViews(first.seq, [post]));
    await recordViews(second.seq, [post]);
    const waiting = await stage.measureDuring(() => recordViews(third.seq, [post]));
    const hundred = await stage.measureDuring(() =>
      Promise.all(
        rest.slice(0, VIEWERS).map(({ seq }, index) => recordViews(seq, [others[index % POSTS] ?? ""])),
      ),
    );
    return [
      {
        what: "a view of a post that waits for its sync; the first; 100 at once on 10 posts",
        now: `${waiting.billed}; ${firstView.billed}; ${hundred.billed}`,
        atMost: "4; 6; 45",
      },
    ];
  },
};
