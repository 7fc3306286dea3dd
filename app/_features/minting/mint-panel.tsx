"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import type { MintView } from "@/lib/schemas/mint";
import { MintFacts, MintProgress } from "./mint-facts";
import { MintForm } from "./mint-form";
import { useMint } from "./use-mint";

interface Props {
  postId: string;
  /** As the page was rendered; null: never minted. */
  rendered: MintView | null;
  isOwn: boolean;
  /** Whether this deployment mints. */
  isAvailable: boolean;
}

/** A post's token: how far its mint is, for everybody; and for the artist the way to mint it. */
export function MintPanel({ postId, rendered, isOwn, isAvailable }: Props) {
  const t = useTranslations("minting");
  const { mint, setMint } = useMint(postId, rendered, isOwn);
  const [isOpen, setIsOpen] = useState(false);
  const mayMint = isOwn && isAvailable && (mint === null || mint.state === "failed");
  // Others get no mint that failed.
  if (mint === null && !mayMint) return null;
  return (
    <section
      aria-label={t("title")}
      className="mt-8 rounded-3xl border border-line bg-sunken px-5 py-5 sm:px-7"
    >
      <h2 className="display text-xl">{t("title")}</h2>
      {mint ? (
        <div className="mt-2">
          <MintProgress mint={mint} />
          {mint.state === "failed" ? null : <MintFacts mint={mint} />}
        </div>
      ) : (
        <p className="mt-1 max-w-[56ch] text-sm text-pretty text-muted">{t("lead")}</p>
      )}
      {mayMint && !isOpen ? (
        <Button look="quiet" className="mt-4" onClick={() => setIsOpen(true)}>
          {t(mint ? "again" : "begin")}
        </Button>
      ) : null}
      {mayMint && isOpen ? (
        <>
          <p className="mt-3 max-w-[56ch] text-sm font-medium text-pretty">{t("warning")}</p>
          <MintForm
            postId={postId}
            onCancel={() => setIsOpen(false)}
            onMint={(started) => {
              setMint(started);
              setIsOpen(false);
            }}
          />
        </>
      ) : null}
    </section>
  );
}
