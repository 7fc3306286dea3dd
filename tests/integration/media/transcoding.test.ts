import { describe, expect, it } from "vitest";
import { newId } from "@/lib/core/ids";
import { db, transaction } from "@/lib/db";
import { isSoundAvailable } from "@/lib/media";
import {
  type Attempt,
  embeddedCoverPathname,
  picturePathname,
  soundPartPathname,
  soundPathname,
} from "@/lib/media/attempt-pathname";
import { backgroundTaskService } from "@/lib/tasks";
import { queueUrl } from "@/lib/tasks/publish";

/** What a sound becomes is in tests/extended/media and tests/faults/media, which have the system's `ffmpeg`. */

describe("audio-transcoding", () => {
  it("takes tasks where the transcoder is installed, and sound can be uploaded there", async () => {
    expect(isSoundAvailable()).toBe(true);
    const fileId = newId();
    const taskId = await transaction((tx) =>
      backgroundTaskService.transcodeAudio({ fileId, formats: ["aac", "opus"] }, { tx, key: fileId }),
    );
    expect(await db().task.findUniqueOrThrow({ where: { id: taskId } })).toMatchObject({
      queue: "audio-transcoding",
      payload: { fileId, formats: ["aac", "opus"] },
    });
    expect(queueUrl("audio-transcoding")).toBe(`${process.env.APP_URL}/api/qstash/audio-transcoding`);
  });

  it("names of what is stored differ by task, attempt and file, and lie in the folder of the task's day", () => {
    const taskId = "019ad3b4-3c00-7000-8000-000000000000";
    const name = soundPathname({ taskId, attempt: 1 }, "rendition.aac.m4a");
    expect(name).toMatch(/^sound\/2025-11-30\/[0-9a-f]{40}\.m4a$/);
    const others = [
      soundPathname({ taskId, attempt: 2 }, "rendition.aac.m4a"),
      soundPathname({ taskId: newId(), attempt: 1 }, "rendition.aac.m4a"),
      soundPathname({ taskId, attempt: 1 }, "preview.aac.m4a"),
    ];
    expect(new Set([name, ...others]).size).toBe(4);
    // A retry never writes where the tidy may be deleting what the attempt before has left.
    const inFolder = (root: string) => expect.stringMatching(new RegExp(`^${root}/2025-11-30/[0-9a-f]{40}`));
    for (const [root, nameOf] of [
      ["variants", (attempt: Attempt) => picturePathname(attempt, "320.avif")],
      ["media", embeddedCoverPathname],
      ["sound-parts", soundPartPathname],
    ] as const) {
      const names = [1, 2].map((attempt) => nameOf({ taskId, attempt }));
      expect(names).toEqual([inFolder(root), inFolder(root)]);
      expect(names[0]).not.toBe(names[1]);
    }
    expect(soundPathname({ taskId, attempt: 1 }, "rendition.aac.m4a")).toBe(name);
  });
});
