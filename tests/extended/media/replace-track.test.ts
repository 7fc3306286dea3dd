import { beforeAll, describe, expect, it } from "vitest";
import { GET as listUploads } from "@/app/api/media/uploads/route";
import { PATCH as changePost, GET as readPost } from "@/app/api/posts/[id]/route";
import { POST as createPost } from "@/app/api/posts/route";
import type { Caller } from "@/lib/core/access-token";
import { db } from "@/lib/db";
import { call } from "@/tests/support/clients/call";
import { createPerson } from "@/tests/support/factories/people";
import {
  enableTranscoding,
  markReady,
  sineWav,
  upload,
  uploadAndProcess,
} from "@/tests/support/factories/uploads";

let author: Caller;
beforeAll(async () => {
  enableTranscoding();
  author = await createPerson("listener");
});

const post = async (audioFileId: string): Promise<string> =>
  (await call(createPost, { as: author, body: { title: "A track", audioFileId } })).body.post.id;
const replace = (id: string, audioFileId: string, as = author) =>
  call(changePost, { as, method: "PATCH", params: { id }, body: { audioFileId } });
const uploadText = () => uploadAndProcess(author, "audio", Buffer.from("no sound ".repeat(100)));

describe("a post whose track failed", () => {
  it("gets another sound from its author, and no other", async () => {
    const failed = await upload(author, "audio", Buffer.from("no sound ".repeat(100)));
    const id = await post(failed);
    const next = await upload(author, "audio", sineWav());
    // While it is processed, it may still become one that plays.
    expect((await replace(id, next)).status).toBe(409);
    await db().mediaFile.update({
      where: { id: failed },
      data: { status: "refused", problem: "wrong_type" },
    });
    expect((await replace(id, next, await createPerson("listener"))).status).toBe(403);
    expect((await replace(id, failed)).status).toBe(200);
    expect((await replace(id, await uploadText())).status).toBe(409);

    const replaced = await replace(id, next);
    expect([replaced.status, replaced.body.post?.track?.status]).toEqual([200, "processing"]);
    expect((await replace(id, next)).status).toBe(200);
    expect((await call(readPost, { params: { id } })).body.post.track.problem).toBeNull();
    expect((await replace(id, await upload(author, "audio", sineWav()))).status).toBe(409);
  });
});

it("uploads that nothing uses are listed apart", async () => {
  const [used, unused] = [
    await uploadAndProcess(author, "audio", sineWav()),
    await uploadAndProcess(author, "audio", sineWav({ seconds: 3 })),
  ];
  await markReady(used);
  await markReady(unused);
  await post(used);
  const list = async (query: string) =>
    (await call(listUploads, { as: author, query: `?purpose=audio${query}` })).body.items.map(
      ({ id }: { id: string }) => id,
    );
  expect(await list("")).toEqual([unused, used]);
  expect(await list("&unused=true")).toEqual([unused]);
});
