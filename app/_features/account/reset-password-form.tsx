"use client";

import { useTranslations } from "next-intl";
import { tellSignedOut } from "@/app/_data/session";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField } from "@/app/_ui/forms/password-field";
import { StrengthHint } from "@/app/_ui/forms/password-strength-hint";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { resetPasswordSchema } from "@/lib/accounts/client";
import { resetPassword } from "./auth-api";
import { DeadLink, isDeadLink } from "./invalid-link";

/** Chooses a new password. The link is used up by that, and all devices are signed out, this one too. */
export function ResetForm({ token }: { token: string }) {
  const t = useTranslations("recover");
  const { formProps, field, values, failure, busy } = useForm({
    schema: resetPasswordSchema,
    initial: { password: "" },
    toInput: ({ password }) => ({ token, password }),
    send: resetPassword,
    onSuccess: () => {
      tellSignedOut();
      window.location.assign("/sign-in?reset=1");
    },
  });
  if (isDeadLink(failure)) {
    return <DeadLink text={t("resetDead")} href="/forgot-password" action={t("newLink")} />;
  }
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <PasswordField {...field("password")} label={t("newPassword")} autoComplete="new-password" />
      <StrengthHint password={values.password} known={[]} />
      {failure ? <FailureNote failure={failure} /> : null}
      <SubmitButton busy={busy} idle={t("reset")} working={t("resetting")} className="mt-2 w-full" />
    </form>
  );
}
