"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { registerPasswordPrompt } from "@/app/_data/password-prompt";
import { confirmPassword } from "@/app/_features/account/auth-api";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField, UsernameHint } from "@/app/_ui/forms/password-field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { signInSchema } from "@/lib/schemas/account";

const schema = signInSchema.pick({ password: true });

type ResolvePrompt = (given: boolean) => void;

/** Asks for the password when an API call requires it (app/_data/call-api.ts), and lets the call continue. */
export function PasswordDialog({ email }: { email: string | null }) {
  const t = useTranslations("passwordQuestion");
  const [resolvePrompt, setResolvePrompt] = useState<ResolvePrompt | null>(null);

  useEffect(
    () => registerPasswordPrompt(() => new Promise((resolve) => setResolvePrompt(() => resolve))),
    [],
  );
  if (!resolvePrompt) return null;

  const cancel = () => {
    // Without effect on a prompt that the form has resolved.
    resolvePrompt(false);
    setResolvePrompt(null);
  };
  return (
    <Dialog title={t("title")} onClose={cancel} hideCloseButton className="w-[min(27rem,calc(100vw-2rem))]">
      {(close) => (
        <>
          <p className="mb-6 text-muted">{t("text")}</p>
          <PasswordForm
            email={email}
            onConfirm={() => {
              resolvePrompt(true);
              close();
            }}
            onCancel={close}
          />
        </>
      )}
    </Dialog>
  );
}

interface FormProps {
  /** For password managers; null when it is not known. */
  email: string | null;
  onConfirm: () => void;
  onCancel: () => void;
}

function PasswordForm({ email, onConfirm, onCancel }: FormProps) {
  const t = useTranslations("passwordQuestion");
  const { formProps, field, failure, busy } = useForm({
    schema,
    initial: { password: "" },
    toInput: (values) => values,
    send: confirmPassword,
    onSuccess: onConfirm,
  });
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      {email === null ? null : <UsernameHint email={email} />}
      <PasswordField {...field("password")} autoComplete="current-password" />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="mt-2 flex flex-wrap gap-3">
        <SubmitButton busy={busy} label={t("confirm")} busyLabel={t("confirming")} className="grow" />
        <Button look="quiet" size="large" onClick={onCancel}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
