import { describe, expect, it } from "vitest";
import { stripMetadata } from "@/lib/media/strip-metadata";
import { pictureSizeOrError } from "@/tests/support/clients/detect-or-error";
import { downloadTestFile, uploadTestFile } from "@/tests/support/clients/media-requests";
import { gif, jpeg, png, samples, withExifRotation } from "@/tests/support/factories/file-samples";
import { box, mp4 } from "@/tests/support/factories/mp4-samples";
import { createPerson } from "@/tests/support/factories/people";
import {
  avifWithMetadata,
  pngChunk,
  riffChunk,
  segment,
  webpOf,
} from "@/tests/support/factories/tagged-pictures";

/** What a camera writes: the text stands for a place, which must not reach another member. */
const PLACE = "59,56N 30,18E";
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const tellsPlace = (bytes: Uint8Array) => Buffer.from(bytes).includes("59,56N");
/** EXIF data with an orientation of 6, and the place behind it. */
const exif = joined(
  bytesOf("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"),
  bytesOf(PLACE),
);

describe("a photo", () => {
  it("is given to others without the place, and with its orientation", async () => {
    const sender = await createPerson();
    const photo = joined(
      ...[
        jpeg.subarray(0, 2),
        segment(0xe1, "Exif\0\0", exif),
        segment(0xe1, `http://ns.adobe.com/xap/1.0/\0${PLACE}`),
      ],
      ...[segment(0xed, `Photoshop 3.0\0${PLACE}`), segment(0xe2, `MPF\0${PLACE}`), segment(0xfe, PLACE)],
      ...[jpeg.subarray(2), jpeg.subarray(0, 2), segment(0xfe, PLACE), jpeg.subarray(2)],
    );
    const { status, body } = await uploadTestFile(sender, photo, { name: "IMG.JPG", type: "image/jpeg" });
    expect([status, body.file.width, body.file.height]).toEqual([201, 2, 3]);
    const { bytes } = await downloadTestFile(body.file.id, sender);
    expect(bytes).toHaveLength(body.file.bytes);
    expect(tellsPlace(bytes)).toBe(false);
    expect(pictureSizeOrError(bytes, "image/jpeg")).toEqual({ width: 2, height: 3 });
    // Pixels, and what comes before them in this file, are the same bytes.
    expect(Buffer.from(bytes).subarray(-jpeg.length + 2)).toEqual(Buffer.from(jpeg.subarray(2)));
  });

  it("keeps its colour profile", () => {
    const profile = segment(0xe2, "ICC_PROFILE\0\x01\x01colours");
    const photo = joined(jpeg.subarray(0, 2), profile, segment(0xe1, `Exif\0\0${PLACE}`), jpeg.subarray(2));
    expect(Buffer.from(stripMetadata(photo, "image/jpeg"))).toEqual(
      Buffer.from(joined(jpeg.subarray(0, 2), profile, jpeg.subarray(2))),
    );
  });

  it.each([
    [
      "PNG",
      "image/png",
      joined(
        png.subarray(0, 33),
        pngChunk("eXIf", exif),
        pngChunk("tEXt", PLACE),
        png.subarray(33),
        bytesOf(PLACE),
      ),
    ],
    ["WebP", "image/webp", webpOf(samples.webp.bytes, [riffChunk("EXIF", exif), riffChunk("XMP ", PLACE)])],
    [
      "GIF",
      "image/gif",
      joined(gif.subarray(0, 19), bytesOf(`!\xfe\x0d${PLACE}\0`), gif.subarray(19), bytesOf(PLACE)),
    ],
    ["AVIF", "image/avif", avifWithMetadata],
  ] as const)("in %s too", (_, type, photo) => {
    expect(tellsPlace(photo)).toBe(true);
    const stripped = stripMetadata(photo, type);
    expect(tellsPlace(stripped)).toBe(false);
    expect(pictureSizeOrError(stripped, type)).toEqual({ width: 3, height: 2 });
    expect(Buffer.from(stripMetadata(stripped, type))).toEqual(Buffer.from(stripped));
    if (type !== "image/gif" && type !== "image/avif")
      expect(Buffer.from(stripped).includes(Buffer.from("\x01\x12\0\x03\0\0\0\x01\0\x06", "latin1"))).toBe(
        true,
      );
  });

  it("that has none stays as it is, byte for byte", () => {
    for (const { bytes, type } of Object.values(samples))
      expect(Buffer.from(stripMetadata(bytes, type))).toEqual(Buffer.from(bytes));
  });

  it("that is built in no way that can be read is refused, since it may hide anything", () => {
    const broken = joined(jpeg.subarray(0, 2), bytesOf(`\0\0Exif\0\0${PLACE}`), jpeg.subarray(2));
    expect(() => stripMetadata(broken, "image/jpeg")).toThrow("picture_unreadable");
    expect(() => stripMetadata(withExifRotation(jpeg).slice(0, 30), "image/jpeg")).toThrow(
      "picture_unreadable",
    );
  });
});

describe("a recording", () => {
  it("is given to others without the place, and its sound stays where it is", () => {
    const options = { brand: "mp42", compatible: ["isom", "mp42"], handlers: ["soun"] };
    const recording = mp4({
      ...options,
      userData: [box("\u00a9xyz", PLACE), box("loci", PLACE), box("\u00a9nam", "A title")],
    });
    const stripped = stripMetadata(recording, "audio/mp4");
    expect(tellsPlace(stripped)).toBe(false);
    expect(Buffer.from(stripped).includes("A title")).toBe(true);
    expect(stripped).toHaveLength(recording.length);
    expect(stripMetadata(mp4(options), "audio/mp4")).toEqual(mp4(options));
  });
});
