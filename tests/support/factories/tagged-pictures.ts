import { crc32 } from "node:zlib";

/** Parts of pictures that carry metadata. */

const latin1 = (content: Uint8Array | string) => Buffer.from(content as string, "latin1");

/** A segment of a JPEG. @param marker  its second byte */
export function segment(marker: number, ...content: (Uint8Array | string)[]): Uint8Array {
  const body = Buffer.concat(content.map(latin1));
  const length = body.length + 2;
  return Buffer.concat([Buffer.from([0xff, marker, length >> 8, length & 0xff]), body]);
}

/** A chunk of a PNG. */
export function pngChunk(type: string, content: Uint8Array | string): Uint8Array {
  const body = Buffer.concat([latin1(type), latin1(content)]);
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(body.length - 4, 0);
  numbers.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([numbers.subarray(0, 4), body, numbers.subarray(4)]);
}

/** A chunk of a WebP. */
export function riffChunk(type: string, content: Uint8Array | string): Uint8Array {
  const body = latin1(content);
  const header = Buffer.alloc(8, type.padEnd(8, "\0"), "latin1");
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

/** A simple WebP of 3 × 2 pixels in the extended form, with more chunks. */
export function webpOf(simple: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array {
  // Flags: EXIF and XMP. Width and height, less one.
  const extended = riffChunk("VP8X", "\x0c\0\0\0\x02\0\0\x01\0\0");
  const body = Buffer.concat([extended, simple.subarray(12), ...chunks]);
  const header = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  header.writeUInt32LE(4 + body.length, 4);
  return new Uint8Array(Buffer.concat([header, body]));
}

/** An AVIF picture of 3 × 2 pixels, made by libheif with EXIF data (a camera's name, a place) and XMP (a place). */
export const avifWithMetadata = new Uint8Array(
  Buffer.from(
    "AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAAWFtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAEZpbG9jAAAAAERAAAMAAQAAAAABhQABAAAAAAAAACQAAgAAAAABqQABAAAAAAAAARQAAwAAAAACvQABAAAAAAAAAOYAAABiaWluZgAAAAAAAwAAABVpbmZlAgAAAAABAABhdjAxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAACppbmZlAgAAAQADAABtaW1lAGFwcGxpY2F0aW9uL3JkZit4bWwAAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAAAMAAAACAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAoaXJlZgAAAAAAAAAOY2RzYwACAAEAAQAAAA5jZHNjAAMAAQABAAACJm1kYXQSAAoIOAQrSAhoNIAyFhxCYuTpppphY2AAkDWOPHZkgdZzcEAAAAAGRXhpZgAASUkqAAgAAAAIAA8BAgAIAAAAfgAAABIBAwABAAAAAQAAABoBBQABAAAAbgAAABsBBQABAAAAdgAAACgBAwABAAAAAgAAABMCAwABAAAAAQAAAGmHBAABAAAAhgAAACWIBAABAAAA1AAAAAAAAAA4YwAA6AMAADhjAADoAwAAUGhvbmVDbwAGAACQBwAEAAAAMDIxMAGRBwAEAAAAAQIDAACgBwAEAAAAMDEwMAGgAwABAAAA//8AAAKgBAABAAAAAwAAAAOgBAABAAAAAgAAAAAAAAACAAEAAgACAAAATgAAAAIABQADAAAA8gAAAAAAAAA7AAAAAQAAADgAAAABAAAAAwAAAAEAAAA8P3hwYWNrZXQgYmVnaW49IiI/Pjx4OnhtcG1ldGEgeG1sbnM6eD0iYWRvYmU6bnM6bWV0YS8iPjxyZGY6UkRGIHhtbG5zOnJkZj0iaHR0cDovL3d3dy53My5vcmcvMTk5OS8wMi8yMi1yZGYtc3ludGF4LW5zIyI+PHJkZjpEZXNjcmlwdGlvbiBleGlmOkdQU0xhdGl0dWRlPSI1OSw1Nk4iIHhtbG5zOmV4aWY9Imh0dHA6Ly9ucy5hZG9iZS5jb20vZXhpZi8xLjAvIi8+PC9yZGY6UkRGPjwveDp4bXBtZXRhPg==",
    "base64",
  ),
);
