"use client";

import { useTranslations } from "next-intl";
import { isolate } from "@/lib/schemas/isolate";
import type { SlotHandle } from "./use-form-uploads";

interface Props {
  handle: SlotHandle;
  /** The account that publishes: an artist of the same name needs no mention. */
  authorName: string;
  /** What is typed; offers are for an empty field. */
  title: string;
  onChoose: (title: string) => void;
}

/** Offers the title that stands in the file's tags. */
export function TitleOffers({ handle: { state }, authorName, title, onChoose }: Props) {
  const t = useTranslations("uploads");
  if (state.phase !== "stored" || title.trim() !== "") return null;
  const offers = titlesOf(state.file.track ?? { title: null, artist: null }, authorName);
  if (offers.length === 0) return null;
  return (
    <div className="-mt-1 mb-3 flex animate-settle flex-wrap items-center gap-2 text-sm">
      <span className="text-muted">{t("fileSays")}</span>
      {offers.map((offer) => (
        <button
          key={offer}
          type="button"
          aria-label={t("useTitle", { title: isolate(offer) })}
          onClick={() => onChoose(offer)}
          className="min-h-9 max-w-full truncate rounded-full border border-line-strong px-4 font-semibold transition-colors hover:border-ink hover:bg-raised"
        >
          <bdi>{offer}</bdi>
        </button>
      ))}
    </div>
  );
}

/** The tagged title, alone and after a tagged artist who is not the author. */
export function titlesOf(
  { title, artist }: { title: string | null; artist: string | null },
  authorName: string,
): string[] {
  const song = title?.trim() ?? "";
  const performer = artist?.trim() ?? "";
  if (song === "") return [];
  const isAuthor = performer === "" || performer.toLowerCase() === authorName.trim().toLowerCase();
  return isAuthor ? [song] : [song, `${performer} – ${song}`];
}
