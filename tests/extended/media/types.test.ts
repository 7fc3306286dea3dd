import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sanitizeFileName } from "@/lib/media/file-name";
import { isMediaType, type MediaType, mediaTypes } from "@/lib/media/media-types";
import { detectTypeOrError, pictureSizeOrError } from "@/tests/support/clients/detect-or-error";
import { samples } from "@/tests/support/factories/file-samples";
import { runs } from "@/tests/support/fuzz/runs";

describe("type detection", () => {
  it("handles truncated and damaged files without a crash", async () => {
    const all = Object.values(samples).map(({ bytes }) => bytes);
    const damaged = fc
      .tuple(
        fc.constantFrom(...all),
        fc.nat({ max: 300 }),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }),
      )
      .map(([sample, cut, changes]) => {
        const bytes = sample.slice(0, Math.max(1, sample.length - cut));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ minLength: 1, maxLength: 200 })), async (bytes) => {
        const type = await detectTypeOrError(bytes);
        if (!isMediaType(type)) {
          expect(type).toBe("unsupported_media_type");
          return;
        }
        const size = pictureSizeOrError(bytes, type);
        if (size === null) expect(type).not.toMatch(/^image/);
        else if (typeof size === "string") expect(size).toMatch(/^picture_/);
        else {
          expect(size.width * size.height).toBeGreaterThan(0);
          expect(size.width * size.height).toBeLessThanOrEqual(64_000_000);
        }
      }),
      { numRuns: runs(1_500) },
    );
  }, 60_000);
});

describe("a name", () => {
  it("is sanitized to a short line without a path and with a matching extension, and is idempotent", () => {
    const types = Object.keys(mediaTypes) as MediaType[];
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.constantFrom(...types), (name, type) => {
        const kept = sanitizeFileName(name, type);
        expect([...kept].length).toBeLessThanOrEqual(120);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the test checks for them
        expect(kept).not.toMatch(/[/\\\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|^\./u);
        expect(mediaTypes[type]).toContain(kept.split(".").at(-1)?.toLowerCase());
        expect(sanitizeFileName(kept, type)).toBe(kept);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
