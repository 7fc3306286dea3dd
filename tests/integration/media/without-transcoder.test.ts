import { expect, it } from "vitest";
import { queues } from "@/lib/tasks";
import { createPerson } from "@/tests/support/factories/people";
import { requestUpload } from "@/tests/support/factories/uploads";

it("without the transcoder an upload of sound says so before any byte is sent, and covers are taken", async () => {
  Object.assign(queues["audio-transcoding"], { isInstalled: () => false });
  const artist = await createPerson("artist");
  const sound = await requestUpload(artist, "audio");
  expect([sound.status, sound.body.error.code]).toEqual([501, "not_available"]);
  expect(sound.body.error.message).toMatch(/^Sound is not taken here yet/);
  expect((await requestUpload(artist, "cover")).status).toBe(201);
});
