import { put } from "@vercel/blob";
import type { Client } from "pg";
import { newId } from "@/lib/core/ids";
import type { Peaks } from "@/lib/schemas/track";
import type { App } from "@/tests/support/processes/running-app";
import { tone } from "./tone";

/** Posts with sound in a running app: rows in its database and bytes in its public store, as the queues leave them. */

export interface PlayablePost {
  id: string;
  title: string;
  /** Pathname of the sound in the public store. */
  pathname: string;
}

const PEAK_COUNT = 200;

interface Options {
  title: string;
  seconds: number;
  /** `processing`: nothing can be played yet. */
  status?: "processing" | "ready" | "failed";
  problem?: string;
}

/** @param database  connected to the app's database */
export async function createPlayablePost(
  app: App,
  database: Client,
  authorId: string,
  { title, seconds, status = "ready", problem }: Options,
): Promise<PlayablePost> {
  const [fileId, id] = [newId(), newId()];
  const pathname = `renditions/${newId()}.wav`;
  const bytes = tone(seconds);
  await database.query(
    `INSERT INTO "MediaFile" (id, "ownerId", name, type, bytes, pathname, purpose, status)
     VALUES ($1, $2, 'tone.wav', 'audio/wav', $3, $4, 'audio', 'ready')`,
    [fileId, authorId, bytes.length, `audio/${fileId}`],
  );
  await database.query(
    `INSERT INTO "Track" ("fileId", status, problem, "durationMs") VALUES ($1, $2, $3, $4)`,
    [fileId, status, problem ?? null, seconds * 1_000],
  );
  if (status === "ready") {
    const peaksPathname = `peaks/${newId()}.json`;
    const peaks: Peaks = {
      version: 1,
      durationSeconds: seconds,
      peaks: Array.from({ length: PEAK_COUNT }, (_, n) =>
        Math.round(140 + 110 * Math.sin(n / 3) * Math.cos(n / 17)),
      ),
    };
    const json = Buffer.from(JSON.stringify(peaks));
    await storePublicly(app, pathname, bytes, "audio/wav");
    await storePublicly(app, peaksPathname, json, "application/json");
    await addVariant(database, fileId, ["rendition", "wav", "audio/wav", bytes.length, pathname]);
    await addVariant(database, fileId, ["peaks", "json", "application/json", json.length, peaksPathname]);
  }
  await database.query(
    `INSERT INTO "Post" (id, "authorId", title, text, tags, "audioFileId") VALUES ($1, $2, $3, '', '{}', $4)`,
    [id, authorId, title, fileId],
  );
  return { id, title, pathname };
}

/** A track for sale whose preview can be played. @returns the product's id */
export async function createPreviewedProduct(
  app: App,
  database: Client,
  sellerId: string,
  { title, seconds }: Pick<Options, "title" | "seconds">,
): Promise<string> {
  const [fileId, id, pathname] = [newId(), newId(), `previews/${newId()}.wav`];
  const bytes = tone(seconds);
  await database.query(
    `INSERT INTO "MediaFile" (id, "ownerId", name, type, bytes, pathname, purpose, status)
     VALUES ($1, $2, 'tone.wav', 'audio/wav', $3, $4, 'audio', 'ready')`,
    [fileId, sellerId, bytes.length, `audio/${fileId}`],
  );
  await database.query(`INSERT INTO "Track" ("fileId", status, "durationMs") VALUES ($1, 'ready', $2)`, [
    fileId,
    seconds * 3_000,
  ]);
  await storePublicly(app, pathname, bytes, "audio/wav");
  await addVariant(database, fileId, ["preview", "wav", "audio/wav", bytes.length, pathname]);
  await database.query(
    `INSERT INTO "Product" (id, "sellerId", kind, title, description, "priceMinor", currency, "audioFileId")
     VALUES ($1, $2, 'track', $3, '', 500, 'EUR', $4)`,
    [id, sellerId, title, fileId],
  );
  return id;
}

async function storePublicly(app: App, pathname: string, bytes: Buffer, contentType: string): Promise<void> {
  const before = process.env.VERCEL_BLOB_API_URL;
  process.env.VERCEL_BLOB_API_URL = app.env.VERCEL_BLOB_API_URL;
  try {
    await put(pathname, bytes, {
      access: "public",
      token: app.env.PUBLIC_BLOB_READ_WRITE_TOKEN,
      contentType,
      addRandomSuffix: false,
    });
  } finally {
    if (before === undefined) delete process.env.VERCEL_BLOB_API_URL;
    else process.env.VERCEL_BLOB_API_URL = before;
  }
}

type Variant = [kind: string, format: string, type: string, bytes: number, pathname: string];

async function addVariant(database: Client, fileId: string, variant: Variant): Promise<void> {
  await database.query(
    `INSERT INTO "MediaVariant" (id, "fileId", kind, format, type, bytes, sha256, pathname)
     VALUES ($1, $2, $3, $4, $5, $6, '', $7)`,
    [newId(), fileId, ...variant],
  );
}
