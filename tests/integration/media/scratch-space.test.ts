import { expect, it } from "vitest";
import { createPerson } from "@/tests/support/factories/people";
import { enableTranscoding, requestUpload } from "@/tests/support/factories/uploads";

// Set before anything reads the environment.
process.env.MEDIA_SCRATCH_BYTES = "10000000";

it("a sound that does not fit the disk of what transcodes is refused before any byte is sent", async () => {
  enableTranscoding();
  const artist = await createPerson("artist");
  const large = await requestUpload(artist, "audio", { bytes: 6_000_001 });
  expect([large.status, large.body.error.code]).toEqual([413, "payload_too_large"]);
  expect(large.body.error.message).toMatch(/cannot process a file of this size/);
  expect((await requestUpload(artist, "audio", { bytes: 6_000_000 })).status).toBe(201);
  expect((await requestUpload(artist, "cover", { bytes: 6_000_001 })).status).toBe(201);
});
