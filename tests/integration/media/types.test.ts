import { describe, expect, it } from "vitest";
import { sanitizeFileName } from "@/lib/media/file-name";
import type { MediaType } from "@/lib/media/media-types";
import { detectTypeOrError, pictureSizeOrError } from "@/tests/support/clients/detect-or-error";
import {
  gif,
  jpeg,
  png,
  pngClaimingSize,
  samples,
  withExifRotation,
} from "@/tests/support/factories/file-samples";
import { mp4 } from "@/tests/support/factories/mp4-samples";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe("type detection", () => {
  it.each(Object.entries(samples))("recognises %s", async (_, { bytes, type, isPicture }) => {
    for (const declared of ["", type, "text/html", "image/svg+xml"]) {
      if (type === "text/plain" && /html|svg/.test(declared)) continue;
      expect(await detectTypeOrError(bytes, declared)).toBe(type);
    }
    expect(pictureSizeOrError(bytes, type)).toEqual(isPicture ? { width: 3, height: 2 } : null);
  });

  it.each([
    ["HTML", "<!doctype html><script>alert(1)</script>"],
    ["HTML behind white space", " \n\t<html><body>"],
    ["HTML behind a byte order mark", "\ufeff<HTML>"],
    ["a comment followed by a script", "<!-- a --><script>alert(1)</script>"],
    ["a tag", "<b onclick=alert(1)>"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
    ["SVG with an XML declaration", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["a program", "MZ\x90\0\x03\0\0\0\x04"],
    ["an archive", "PK\x03\x04\x14\0\0\0\0\0"],
    ["a video", "\0\0\0\x18ftypisom\0\0\x02\0isomiso2"],
    ["a picture of another kind", "BM\x46\0\0\0\0\0\0\0\x36\0\0\0"],
    ["an icon, whose content may be anything", "\0\0\x01\0\x01\0"],
    ["a NUL in a text", "a\0b"],
    ["an escape in a text", "a\x1b[31mb"],
  ])("rejects %s", async (_, text) => {
    for (const bytes of [bytesOf(text), new Uint8Array(Buffer.from(text, "latin1"))])
      for (const declared of ["", "image/png", "text/plain"])
        expect(await detectTypeOrError(bytes, declared)).toBe("unsupported_media_type");
  });

  it.each([
    ["iTunes", "M4A ", ["M4A ", "mp42", "isom"], ["soun"]],
    ["Android", "mp42", ["isom", "mp42"], ["soun"]],
    ["an old phone", "3gp4", ["isom", "3gp4"], ["soun"]],
    ["ffmpeg, with chapters", "isom", ["isom", "iso2", "mp41"], ["soun", "text"]],
  ])("recognises the M4A of %s, wherever its directory stands", async (_, brand, compatible, handlers) => {
    for (const isDirectoryLast of [false, true])
      expect(await detectTypeOrError(mp4({ brand, compatible, handlers, isDirectoryLast }))).toBe(
        "audio/mp4",
      );
  });

  it("rejects an MP4 with a picture track, and one without a directory", async () => {
    const brands = { brand: "mp42", compatible: ["isom", "mp42"] };
    for (const handlers of [["vide"], ["soun", "vide"], ["auxv", "soun"], ["\0\0\0\0"]])
      expect(await detectTypeOrError(mp4({ ...brands, handlers }))).toBe("unsupported_media_type");
    expect(await detectTypeOrError(mp4({ ...brands, handlers: ["soun"] }).slice(0, 60))).toBe(
      "unsupported_media_type",
    );
  });

  it("rejects text in another encoding", async () => {
    expect(await detectTypeOrError(new Uint8Array([0xcf, 0xf0, 0xe8]))).toBe("unsupported_media_type");
    expect(await detectTypeOrError(new Uint8Array(Buffer.from("\ufeffhello", "utf16le")))).toBe(
      "unsupported_media_type",
    );
  });

  it("rejects a text that its sender declares as markup or a script", async () => {
    for (const declared of ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"])
      expect(await detectTypeOrError(bytesOf("alert(1)"), declared)).toBe("unsupported_media_type");
    expect(await detectTypeOrError(bytesOf("let a = 1 < 2"), "text/x-typescript")).toBe("text/plain");
  });

  it("takes a file of two types for the one that it begins with", async () => {
    const page = bytesOf("<html><script>alert(1)</script>");
    expect(await detectTypeOrError(joined(png, page), "text/html")).toBe("image/png");
    expect(await detectTypeOrError(joined(gif, bytesOf("PK\x03\x04")))).toBe("image/gif");
    expect(await detectTypeOrError(bytesOf("GIF89a/*"), "text/javascript")).toBe("image/gif");
    expect(await detectTypeOrError(joined(page, png))).toBe("unsupported_media_type");
  });
});

describe("the size of a picture", () => {
  it("includes the EXIF rotation", () => {
    expect(pictureSizeOrError(withExifRotation(jpeg), "image/jpeg")).toEqual({ width: 2, height: 3 });
  });

  it("must be readable and within bounds", () => {
    expect(pictureSizeOrError(png.slice(0, 18), "image/png")).toBe("picture_unreadable");
    expect(pictureSizeOrError(pngClaimingSize(0, 5), "image/png")).toBe("picture_unreadable");
    expect(pictureSizeOrError(pngClaimingSize(16_384, 3_906), "image/png")).toEqual({
      width: 16_384,
      height: 3_906,
    });
    expect(pictureSizeOrError(pngClaimingSize(16_385, 1), "image/png")).toBe("picture_too_large");
    expect(pictureSizeOrError(pngClaimingSize(8_001, 8_000), "image/png")).toBe("picture_too_large");
    expect(pictureSizeOrError(gif, "image/png")).toBe("picture_unreadable");
  });
});

describe("a file name", () => {
  it.each<[string, MediaType, string]>([
    ["photo.PNG", "image/png", "photo.PNG"],
    ["Лето на Неве.jpeg", "image/jpeg", "Лето на Неве.jpeg"],
    ["../../etc/passwd", "text/plain", "passwd.txt"],
    ["C:\\Users\\me\\song.mp3", "audio/mpeg", "song.mp3"],
    ["page.html", "image/png", "page.html.png"],
    ["page.html", "text/plain", "page.html.txt"],
    ["run.exe", "application/pdf", "run.exe.pdf"],
    ["photo\u202egnp.exe", "image/png", "photognp.exe.png"],
    ["a\u200b\u2066b\r\nc\0.txt", "text/plain", "abc.txt"],
    ["  spaces   and\u00a0more .txt", "text/plain", "spaces and more.txt"],
    ['a"b<c>d|e?f*g:h.gif', "image/gif", "a_b_c_d_e_f_g_h.gif"],
    ["", "image/webp", "file.webp"],
    ["...", "audio/ogg", "file.ogg"],
    [".png", "image/png", "png.png"],
    ["e\u0301.txt", "text/plain", "é.txt"],
    ["half \ud83d.txt", "text/plain", "half.txt"],
    ["👨‍👩‍👧‍👦 ❤️‍🔥.png", "image/png", "👨‍👩‍👧‍👦 ❤️‍🔥.png"],
    [
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png",
      "image/png",
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}.png",
    ],
    ["می‌خواهم.png", "image/png", "می‌خواهم.png"],
    ["\u200da\u200c.\u200dp\u{e0067}ng", "image/png", "a.png"],
    ["photo\u200d.png", "image/png", "photo.png"],
    ["👨‍👩‍👧‍👦".repeat(20), "image/png", `${"👨‍👩‍👧‍👦".repeat(16)}.png`],
  ])("%j of %s is stored as %j", (name, type, kept) => {
    expect(sanitizeFileName(name, type)).toBe(kept);
  });
});
