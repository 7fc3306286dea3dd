import { z } from "zod";
import { idSchema } from "../schemas/id";
import type { CounterDefinition } from "./counter/definition";
import { playKeys, viewKeys } from "./counter/keys";
import { type Play, persistPlays } from "./persist-plays";
import { persistViews, type ViewPair } from "./persist-views";
import { loadPlayRows, type PlayRow } from "./play-row";
import { loadViewRows, type ViewRow } from "./view-row";

const seqSchema = z.coerce.number().pipe(z.int32());
const viewSchema = z.object({ postId: idSchema, viewerSeq: seqSchema });
const playSchema = z.object({ postId: idSchema, listenerSeq: seqSchema, hour: seqSchema });

/** Views: one for each post and user. */
export const views: CounterDefinition<number, ViewRow, ViewPair> = {
  keys: viewKeys,
  countOf: (row) => row.views,
  seqOf: (viewer) => viewer,
  toPair: (postId, viewerSeq) => viewSchema.safeParse({ postId, viewerSeq }).data ?? null,
  persist: persistViews,
  loadRows: loadViewRows,
};

/** Plays: one for each post, user and UTC hour; the viewer is `seq:hour`. */
export const plays: CounterDefinition<string, PlayRow, Play> = {
  keys: playKeys,
  countOf: (row) => row.plays,
  seqOf: (viewer) => Number(viewer.split(":", 1)[0]),
  toPair: (postId, viewer) => {
    const [listenerSeq, hour] = viewer.split(":");
    return playSchema.safeParse({ postId, listenerSeq, hour }).data ?? null;
  },
  persist: persistPlays,
  loadRows: loadPlayRows,
};
