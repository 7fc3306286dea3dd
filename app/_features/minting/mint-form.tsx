"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { CopyButton } from "@/app/_ui/copy-button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { useMounted } from "@/app/_ui/use-mounted";
import type { MintView } from "@/lib/schemas/mint";
import { askWalletAddress, askWalletSignature, hasBrowserWallet } from "./browser-wallet";
import { fetchChallenge, sendMint } from "./minting-api";

interface Props {
  postId: string;
  onMint: (mint: MintView) => void;
  onCancel: () => void;
}

/**
 * Proves an address and begins the mint: with the browser's wallet in one go, or by hand with any other, which signs
 * the shown text.
 */
export function MintForm({ postId, onMint, onCancel }: Props) {
  const t = useTranslations("minting");
  const [address, setAddress] = useState("");
  const [message, setMessage] = useState<string | null>(null);
  const [signature, setSignature] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [problem, setProblem] = useState<"noAddress" | "noSignature" | "badSignature" | null>(null);
  const isMounted = useMounted();
  const messageId = useId();

  const run = async (work: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    setProblem(null);
    await work();
    setBusy(false);
  };

  const startOver = () => {
    setMessage(null);
    setSignature("");
    setFailure(null);
    setProblem(null);
  };

  const requestMessage = async (owner: string): Promise<string | null> => {
    const result = await fetchChallenge(postId, owner);
    if (!result.ok) setFailure(result.failure);
    return result.ok ? result.data.message : null;
  };

  const finish = async (signed: { message: string; signature: string }) => {
    const result = await sendMint(postId, signed);
    if (result.ok) onMint(result.data.mint);
    else setFailure(result.failure);
  };

  const mintWithWallet = () =>
    run(async () => {
      const owner = await askWalletAddress();
      if (owner === null) return setProblem("noAddress");
      const text = await requestMessage(owner);
      if (text === null) return;
      const signed = await askWalletSignature(text, owner);
      if (signed === null) return setProblem("noSignature");
      await finish({ message: text, signature: signed });
    });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(async () => {
      if (message === null) {
        if (address.trim() === "") return setProblem("noAddress");
        return setMessage(await requestMessage(address.trim()));
      }
      const hex = signature.trim();
      if (!/^0x[0-9a-fA-F]{130}$/.test(hex)) return setProblem("badSignature");
      await finish({ message, signature: hex });
    });
  };

  return (
    <form onSubmit={submit} noValidate className="mt-5 flex flex-col gap-4">
      {isMounted && hasBrowserWallet() && message === null ? (
        <div>
          <Button onClick={() => void mintWithWallet()} disabled={busy}>
            {t(busy ? "working" : "withWallet")}
          </Button>
          <p className="mt-4 text-sm text-muted">{t("orByHand")}</p>
        </div>
      ) : null}
      {message === null ? (
        <Field
          name="address"
          value={address}
          error={problem === "noAddress" ? t("noAddress") : undefined}
          onChange={setAddress}
          onBlur={() => {}}
          label={t("address")}
          hint={t("addressHint")}
          placeholder="0x…"
          spellCheck={false}
          autoComplete="off"
        />
      ) : (
        <>
          <div>
            <div className="flex flex-wrap items-center justify-between gap-2">
              <p id={messageId} className="text-sm font-semibold">
                {t("message")}
              </p>
              <CopyButton text={message} label={t("copyMessage")} />
            </div>
            <section
              aria-labelledby={messageId}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
              tabIndex={0}
              className="mt-1.5 max-h-72 overflow-auto rounded-xl border border-line bg-sunken p-4"
            >
              <pre data-proof className="text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
                {message}
              </pre>
            </section>
            <p className="mt-1.5 text-xs text-faint">{t("messageHint")}</p>
          </div>
          <Field
            name="signature"
            value={signature}
            error={problem === "badSignature" ? t("badSignature") : undefined}
            onChange={setSignature}
            onBlur={() => {}}
            label={t("signature")}
            hint={t("signatureHint")}
            placeholder="0x…"
            spellCheck={false}
            autoComplete="off"
          />
        </>
      )}
      {problem === "noSignature" ? <p className="text-sm text-danger">{t("noSignature")}</p> : null}
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap gap-3">
        <Button
          type="submit"
          look={message === null ? "quiet" : "primary"}
          disabled={busy}
          aria-disabled={busy}
        >
          {t(busy ? "working" : message === null ? "toMessage" : "mint")}
        </Button>
        <Button look="plain" onClick={message === null ? onCancel : startOver}>
          {t(message === null ? "cancel" : "otherAddress")}
        </Button>
      </div>
    </form>
  );
}
