/** A small, complete file of each accepted type. Pictures are 3 pixels wide and 2 high. */

const base64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
/** Latin-1, so that any byte can be written as a character. */
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const silence = "\0".repeat(64);

export const png = base64(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEElEQVQImWM4IRcFQQxwFgBNqAeBhklOcgAAAABJRU5ErkJggg==",
);
export const jpeg = base64(
  "/9j/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAACAAMDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAQf/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCKAKtv/9k=",
);
const webp = base64("UklGRjQAAABXRUJQVlA4ICgAAABQAQCdASoDAAIAAUAmJaAABDOAAP7wmyP//ucD//ZwP/9nA/iQAAAA");
export const gif = base64("R0lGODlhAwACAIAAAExpccgeWiH5BAUAAAAALAAAAAADAAIAAAICjF8AOw==");
const avif = base64(
  "AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAAA+gABAAAAAAAAACIAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAAAMAAAACAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAqbWRhdBIACgg4BCtICGg0gDIUGUJjBMAANAAAkEDJHGFHwg4nQRQ=",
);
export const wav = latin1(
  `RIFF\x64\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\0\0\0${silence}`,
);

export const samples = {
  png: { bytes: png, type: "image/png", isPicture: true },
  jpeg: { bytes: jpeg, type: "image/jpeg", isPicture: true },
  webp: { bytes: webp, type: "image/webp", isPicture: true },
  gif: { bytes: gif, type: "image/gif", isPicture: true },
  avif: { bytes: avif, type: "image/avif", isPicture: true },
  mp3: { bytes: latin1(`\xff\xfb\x90\x64${silence}`), type: "audio/mpeg", isPicture: false },
  "mp3 with ID3": {
    bytes: latin1(`ID3\x03\0\0\0\0\0\x0a${"\0".repeat(10)}\xff\xfb\x90\x64${silence}`),
    type: "audio/mpeg",
    isPicture: false,
  },
  wav: { bytes: wav, type: "audio/wav", isPicture: false },
  ogg: {
    bytes: latin1(`OggS\0\x02${"\0".repeat(20)}\x01\x1e\x01vorbis${silence}`),
    type: "audio/ogg",
    isPicture: false,
  },
  opus: {
    bytes: latin1(`OggS\0\x02${"\0".repeat(20)}\x01\x13OpusHead${silence}`),
    type: "audio/ogg",
    isPicture: false,
  },
  flac: { bytes: latin1(`fLaC\0\0\0\x22${silence}`), type: "audio/flac", isPicture: false },
  m4a: { bytes: latin1(`\0\0\0\x18ftypM4A \0\0\0\0M4A mp42${silence}`), type: "audio/mp4", isPicture: false },
  aac: { bytes: latin1(`\xff\xf1\x50\x80\x01\x7f\xfc${silence}`), type: "audio/aac", isPicture: false },
  pdf: { bytes: latin1("%PDF-1.4\n%%EOF\n"), type: "application/pdf", isPicture: false },
  text: { bytes: new TextEncoder().encode("Привет,\n\tworld ♪\r\n"), type: "text/plain", isPicture: false },
} as const;

/** The picture with the EXIF rotation that a camera held upright writes. */
export function withExifRotation(picture: Uint8Array): Uint8Array {
  const exif = latin1(
    `\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0`,
  );
  return new Uint8Array([...picture.subarray(0, 2), ...exif, ...picture.subarray(2)]);
}

/** A PNG of a few bytes whose header claims this size. */
export function pngClaimingSize(width: number, height: number): Uint8Array {
  const bytes = png.slice();
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return bytes;
}
