"use client";

import { useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";
import type { MintView } from "@/lib/schemas/mint";
import { MintFacts, MintProgress } from "./mint-facts";
import { useMint } from "./use-mint";

type ListedMint = MintView & { title: string | null };

/** An artist's mints, newest first; those under way change as they go on. */
export function MintList({ mints }: { mints: readonly ListedMint[] }) {
  return (
    <ul className="flex flex-col gap-4">
      {mints.map((mint) => (
        <li key={mint.id} className="rounded-3xl border border-line bg-sunken px-5 py-5 sm:px-7">
          <ListedMintCard rendered={mint} />
        </li>
      ))}
    </ul>
  );
}

function ListedMintCard({ rendered }: { rendered: ListedMint }) {
  const t = useTranslations("minting");
  const { title, postId } = rendered;
  const current = useMint(postId, rendered, true).mint;
  // The post may have another attempt since.
  const mint = current?.id === rendered.id ? current : rendered;
  return (
    <>
      <h2 className="display text-xl">
        {postId === null ? (
          <span className="text-muted">{t("deletedPost")}</span>
        ) : (
          <Link href={`/posts/${postId}`} className="hover:underline">
            <bdi>{title ?? t("deletedPost")}</bdi>
          </Link>
        )}
      </h2>
      <div className="mt-2">
        <MintProgress mint={mint} />
        {mint.state === "failed" ? null : <MintFacts mint={mint} />}
      </div>
    </>
  );
}
