import { put } from "@vercel/blob";
import { beforeAll, describe, expect, it } from "vitest";
import { POST as publishPost } from "@/app/api/posts/route";
import { changeProfile } from "@/lib/accounts";
import type { Caller } from "@/lib/core/access-token";
import { setClock } from "@/lib/core/clock";
import { newId } from "@/lib/core/ids";
import { db } from "@/lib/db";
import { getUpload, tidyFiles } from "@/lib/media";
import { call } from "@/tests/support/clients/call";
import { png } from "@/tests/support/factories/file-samples";
import { createPerson } from "@/tests/support/factories/people";
import { createTestProduct } from "@/tests/support/factories/shop";
import { isInStore } from "@/tests/support/factories/stored-files";
import {
  enableTranscoding,
  requestUpload,
  silentMp3,
  uploadAndProcess,
  withId3,
} from "@/tests/support/factories/uploads";

const token = process.env.BLOB_READ_WRITE_TOKEN ?? "";
const DAY_MS = 86_400_000;

let owner: Caller;
beforeAll(async () => {
  enableTranscoding();
  owner = await createPerson("artist");
});

const variantsOf = (fileId: string) => db().mediaVariant.findMany({ where: { fileId } });
const publish = (as: Caller, body: object) =>
  call(publishPost, { as, body: { title: "A track", ...body }, headers: { "accept-language": "en" } });

describe("the tidy", () => {
  const age = (id: string, days: number) =>
    db().mediaFile.update({
      where: { id },
      data: { createdAt: new Date(Date.now() - days * DAY_MS - 60_000) },
      select: { pathname: true },
    });

  it("deletes uploads that nothing uses for a week, and those that never arrived after a day", async () => {
    const person = await createPerson("artist");
    const cover = () => uploadAndProcess(person, "cover", png);
    const [fresh, unused, posted, sold] = [await cover(), await cover(), await cover(), await cover()];
    const picture = await cover();
    await changeProfile(person, { pictureFileId: picture });
    const tags = { title: "a", artist: "b", bpm: 100, picture: png };
    const sound = await uploadAndProcess(person, "audio", withId3(silentMp3(2), tags));
    const embedded = (await getUpload(person, sound)).track?.embeddedCoverFileId ?? "";
    const [underWay, abandoned] = await Promise.all(
      [0, 1].map(async () => (await requestUpload(person, "cover")).body.file.id as string),
    );
    await publish(person, { coverFileId: posted, audioFileId: sound });
    await createTestProduct({ coverFileId: sold }, person);
    const { pathname } = await age(unused, 7);
    const variants = (await variantsOf(unused)).map((variant) => variant.pathname);
    for (const id of [posted, sold, picture, sound, embedded]) await age(id, 30);
    await age(fresh, 6);
    await age(abandoned ?? "", 1);

    const { unused: disowned } = await tidyFiles();
    expect(disowned).toBeGreaterThanOrEqual(2);
    const left = await db().mediaFile.findMany({ where: { ownerId: person.userId }, select: { id: true } });
    expect(left.map(({ id }) => id).sort()).toEqual(
      [fresh, posted, sold, picture, sound, embedded, underWay].sort(),
    );
    for (const path of [pathname, ...variants]) expect(await isInStore(path)).toBe(false);
    expect(variants).toHaveLength(2);
  });

  it("deletes variants that no row names, and no others, in either store", async () => {
    const id = await uploadAndProcess(owner, "cover", png);
    const named = (await variantsOf(id)).map(({ pathname }) => pathname);
    const today = new Date().toISOString().slice(0, 10);
    const orphans = ["variants", "sound"].map((root) => `${root}/${today}/${newId()}.webp`);
    for (const orphan of orphans) await put(orphan, "x", { access: "public", token });
    const inStore = (paths: readonly string[]) => Promise.all(paths.map(isInStore));
    await tidyFiles();
    expect(await inStore([...named, ...orphans])).toEqual([true, true, true, true]);
    // A run may still be writing its rows until then.
    const restore = setClock({ now: () => Date.now() + 7_200_000 });
    try {
      expect((await tidyFiles()).orphans).toBeGreaterThanOrEqual(2);
    } finally {
      restore();
    }
    expect(await inStore([...named, ...orphans])).toEqual([true, true, false, false]);
  });
});
