import { createHash } from "node:crypto";
import type { Sharp } from "sharp";
import { limitConcurrency } from "../core/limit-concurrency";
import { COVER_WIDTHS } from "../schemas/track";
import { detectType } from "./detect-type";
import { FileRefusedError } from "./file-refused-error";
import { readImageDimensions } from "./image-dimensions";
import { MAX_IMAGE_PIXELS } from "./limits";
import type { MediaType } from "./media-types";

/** One picture made of a cover. */
export interface Picture {
  format: "avif" | "webp";
  width: number;
  height: number;
  bytes: Buffer;
  sha256: string;
}

export interface Pictures {
  /** Of the original. */
  type: MediaType;
  sha256: string;
  /** Of the original, as displayed. */
  width: number;
  height: number;
  /** A picture of 16 pixels as a data URL. */
  placeholder: string;
  pictures: Picture[];
}

/** Covers that one process works on; each needs some hundred megabytes at most, for its pixels. */
const MAX_CONCURRENT_COVERS = 2;
const MAX_WIDTH = Math.max(...COVER_WIDTHS);
/** Of a picture that is much higher than wide, a width would ask for too many pixels. */
const MAX_ASPECT = 4;
const PLACEHOLDER_WIDTH = 16;
/** More effort takes ten times as long for a few percent of the bytes. */
const AVIF = { quality: 55, effort: 2 };
const WEBP = { quality: 80, effort: 4 };
/** Seconds of one decoding or encoding. */
const TIMEOUT_SECONDS = 60;

/** What decodes pictures of the accepted types; no other loader is open to strangers' files. */
const LOADERS = ["Jpeg", "Png", "Webp", "Nsgif", "Heif"].map((name) => `VipsForeignLoad${name}Buffer`);

const runLimited = limitConcurrency(MAX_CONCURRENT_COVERS);

/**
 * Makes the pictures of a cover: upright, without EXIF and place, in sRGB with 8 bits a channel, the first frame of an
 * animated one, and never larger than the original. It is decoded once.
 *
 * @throws {FileRefusedError} wrong_type, damaged; too_many_pixels, by the header and before anything is decoded
 */
export async function makePictures(original: Uint8Array): Promise<Pictures> {
  const type = await detectType(original, "").catch((cause: unknown) => {
    throw new FileRefusedError("wrong_type", { cause });
  });
  const size = readSize(original, type);
  return runLimited(async () => {
    const base = await decode(original);
    const pictures: Picture[] = [];
    for (const width of widthsOf(base.info.width)) {
      for (const format of ["avif", "webp"] as const)
        pictures.push(await encode(await base.open(), width, format));
    }
    const tiny = await (await base.open())
      .resize({ width: PLACEHOLDER_WIDTH, height: PLACEHOLDER_WIDTH * MAX_ASPECT, fit: "inside" })
      .webp({ quality: 40, effort: 6 })
      .toBuffer();
    return {
      type,
      sha256: sha256(original),
      ...size,
      placeholder: `data:image/webp;base64,${tiny.toString("base64")}`,
      pictures,
    };
  });
}

function readSize(original: Uint8Array, type: MediaType): { width: number; height: number } {
  let size: { width: number; height: number } | null;
  try {
    size = readImageDimensions(original, type);
  } catch (cause) {
    const isTooLarge = cause instanceof Error && cause.message === "picture_too_large";
    throw new FileRefusedError(isTooLarge ? "too_many_pixels" : "damaged", { cause });
  }
  if (!size) throw new FileRefusedError("wrong_type");
  return size;
}

/** Decodes to the largest width that is made. */
async function decode(original: Uint8Array) {
  const sharp = await loadSharp();
  try {
    const { data, info } = await sharp(original, { limitInputPixels: MAX_IMAGE_PIXELS, failOn: "error" })
      .timeout({ seconds: TIMEOUT_SECONDS })
      .autoOrient()
      .resize({ width: MAX_WIDTH, height: MAX_WIDTH * MAX_ASPECT, fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const open = async () => sharp(data, { raw: { width, height, channels } });
    return { info: { width, height }, open };
  } catch (cause) {
    const isTimeout = cause instanceof Error && /timeout/i.test(cause.message);
    throw new FileRefusedError(isTimeout ? "too_complex" : "damaged", { cause });
  }
}

/** The usual widths that are smaller than the picture, and its own. */
function widthsOf(width: number): number[] {
  return [...COVER_WIDTHS.filter((usual) => usual < width), width];
}

async function encode(base: Sharp, maxWidth: number, format: Picture["format"]): Promise<Picture> {
  const resized = base
    .timeout({ seconds: TIMEOUT_SECONDS })
    .resize({ width: maxWidth, height: maxWidth * MAX_ASPECT, fit: "inside", withoutEnlargement: true });
  const encoded = format === "avif" ? resized.avif(AVIF) : resized.webp(WEBP);
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return { format, width: info.width, height: info.height, bytes: data, sha256: sha256(data) };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

let loading: Promise<typeof import("sharp").default> | undefined;

/** Imported when the first cover arrives, so that no other function loads it. */
function loadSharp(): Promise<typeof import("sharp").default> {
  loading ??= import("sharp").then(({ default: sharp }) => {
    // A function has about one processor, and sees each picture once.
    sharp.concurrency(1);
    sharp.cache(false);
    sharp.block({ operation: ["VipsForeignLoad"] });
    sharp.unblock({ operation: LOADERS });
    return sharp;
  });
  return loading;
}
