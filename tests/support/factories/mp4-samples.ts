interface Mp4Options {
  brand: string;
  compatible: readonly string[];
  /** The handler of each track: `soun`, `vide`. */
  handlers: readonly string[];
  /** As recorders write it, which know the directory only at the end. */
  isDirectoryLast?: boolean;
  /** Boxes of the movie's user data. */
  userData?: readonly Uint8Array[];
}

/** A box of ISO media files. @param type  four Latin-1 characters */
export function box(type: string, ...content: (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part as string, "latin1")));
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + body.length, 0);
  header.write(type, 4, "latin1");
  return Buffer.concat([header, body]);
}

/** An MP4 or 3GP file: type, directory and data, without real samples. */
export function mp4({ brand, compatible, handlers, isDirectoryLast, userData = [] }: Mp4Options): Uint8Array {
  const tracks = handlers.map((handler) =>
    box("trak", box("mdia", box("hdlr", "\0".repeat(8), handler, "\0".repeat(13)))),
  );
  const directory = box("moov", ...tracks, ...(userData.length > 0 ? [box("udta", ...userData)] : []));
  const data = box("mdat", "\0".repeat(64));
  const parts = isDirectoryLast ? [data, directory] : [directory, data];
  return new Uint8Array(Buffer.concat([box("ftyp", brand, "\0\0\0\0", ...compatible), ...parts]));
}
