"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { forgotPasswordSchema } from "@/lib/schemas/account";
import { forgotPassword } from "./auth-api";
import { AuthNote } from "./auth-note";

/** Requests a reset link. The confirmation is the same for an address without an account. */
export function ForgotPasswordForm({ email }: { email: string }) {
  const t = useTranslations("recover");
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { formProps, field, values, failure, busy } = useForm({
    schema: forgotPasswordSchema,
    initial: { email },
    toInput: (typed) => typed,
    send: forgotPassword,
    isReusable: true,
    onSuccess: () => setSentTo(values.email.trim()),
  });
  if (sentTo !== null) {
    return (
      <>
        <AuthNote>
          <p className="font-semibold">{t("sentTitle")}</p>
          <p className="mt-1 text-muted [overflow-wrap:anywhere]">{t("sentText", { email: sentTo })}</p>
        </AuthNote>
        <p className="mb-5 text-sm text-muted">{t("sentHint")}</p>
        <Button look="quiet" size="large" className="w-full" onClick={() => setSentTo(null)}>
          {t("again")}
        </Button>
      </>
    );
  }
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <Field
        {...field("email")}
        label={t("email")}
        type="email"
        autoComplete="username"
        inputMode="email"
        required
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <SubmitButton busy={busy} label={t("send")} busyLabel={t("sending")} className="mt-2 w-full" />
    </form>
  );
}
