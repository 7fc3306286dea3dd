"use client";

import { useTranslations } from "next-intl";
import { useEffect, useId, useRef, useState } from "react";
import { registerPasswordPrompt } from "@/app/_data/password-prompt";
import { confirmPassword } from "@/app/_features/account/auth-api";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField, UsernameHint } from "@/app/_ui/forms/password-field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { signInSchema } from "@/lib/accounts/client";

const schema = signInSchema.pick({ password: true });

type ResolvePrompt = (given: boolean) => void;

/**
 * Asks for the password when an API call requires it (app/_data/call-api.ts), and lets the call continue. The native
 * modal dialog keeps the focus inside, closes with Escape and restores the focus.
 */
export function PasswordDialog({ email }: { email: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const t = useTranslations("passwordQuestion");
  const [resolvePrompt, setResolvePrompt] = useState<ResolvePrompt | null>(null);

  useEffect(
    () => registerPasswordPrompt(() => new Promise((resolve) => setResolvePrompt(() => resolve))),
    [],
  );
  useEffect(() => {
    if (resolvePrompt) dialog.current?.showModal();
  }, [resolvePrompt]);

  const finish = (given: boolean) => {
    resolvePrompt?.(given);
    setResolvePrompt(null);
    dialog.current?.close();
  };

  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      // Escape cancels; after `finish` the prompt is already resolved
      onClose={() => (resolvePrompt ? finish(false) : undefined)}
      className="m-auto w-[min(27rem,calc(100vw-2rem))] rounded-3xl border border-line bg-raised p-6 text-ink shadow-2xl backdrop:bg-sunken/75 backdrop:backdrop-blur-sm open:animate-settle sm:p-8"
    >
      {resolvePrompt ? (
        <>
          <h2 id={titleId} className="display text-2xl">
            {t("title")}
          </h2>
          <p className="mt-3 mb-6 text-muted">{t("text")}</p>
          <PasswordForm email={email} onFinish={finish} />
        </>
      ) : null}
    </dialog>
  );
}

function PasswordForm({ email, onFinish }: { email: string; onFinish: ResolvePrompt }) {
  const t = useTranslations("passwordQuestion");
  const { formProps, field, failure, busy } = useForm({
    schema,
    initial: { password: "" },
    toInput: (values) => values,
    send: confirmPassword,
    onSuccess: () => onFinish(true),
  });
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <UsernameHint email={email} />
      <PasswordField {...field("password")} autoComplete="current-password" />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="mt-2 flex flex-wrap gap-3">
        <SubmitButton busy={busy} label={t("confirm")} busyLabel={t("confirming")} className="grow" />
        <Button look="quiet" size="large" onClick={() => onFinish(false)}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
