interface ImageInfo {
  mimeType: string;
  extension: string;
  width: number;
  height: number;
}

/** Kind and size in pixels of a picture, from its header; null when it is none that Telegram takes as a photo. */
export function readImage(bytes: Buffer): ImageInfo | null {
  try {
    return readPng(bytes) ?? readGif(bytes) ?? readWebp(bytes) ?? readJpeg(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null; // truncated
    throw error;
  }
}

function readPng(bytes: Buffer): ImageInfo | null {
  if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") return null;
  return {
    mimeType: "image/png",
    extension: "png",
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
  };
}

function readGif(bytes: Buffer): ImageInfo | null {
  if (!/^GIF8[79]a/.test(bytes.toString("latin1", 0, 6))) return null;
  return {
    mimeType: "image/gif",
    extension: "gif",
    width: bytes.readUInt16LE(6),
    height: bytes.readUInt16LE(8),
  };
}

function readWebp(bytes: Buffer): ImageInfo | null {
  if (bytes.toString("latin1", 0, 4) !== "RIFF" || bytes.toString("latin1", 8, 12) !== "WEBP") return null;
  const size = (width: number, height: number) => ({
    mimeType: "image/webp",
    extension: "webp",
    width,
    height,
  });
  switch (bytes.toString("latin1", 12, 16)) {
    case "VP8X":
      return size(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1);
    case "VP8L": {
      const bits = bytes.readUInt32LE(21);
      return size((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
    }
    case "VP8 ":
      return size(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff);
    default:
      return null;
  }
}

function readJpeg(bytes: Buffer): ImageInfo | null {
  if (bytes.readUInt16BE(0) !== 0xffd8) return null;
  for (let at = 2; ; ) {
    const marker = bytes.readUInt16BE(at);
    // A frame header of any kind, but not the tables C4, C8 and CC.
    if (marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker)) {
      const height = bytes.readUInt16BE(at + 5);
      return { mimeType: "image/jpeg", extension: "jpg", width: bytes.readUInt16BE(at + 7), height };
    }
    if (marker < 0xff01) return null;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
}
