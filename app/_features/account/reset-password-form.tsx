"use client";

import { useTranslations } from "next-intl";
import { broadcastSignOut } from "@/app/_data/session";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField } from "@/app/_ui/forms/password-field";
import { PasswordStrengthHint } from "@/app/_ui/forms/password-strength-hint";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { resetPasswordSchema } from "@/lib/schemas/account";
import { resetPassword } from "./auth-api";
import { InvalidLink, isInvalidLink } from "./invalid-link";

/** Sets a new password, which uses up the link and signs out all devices, including this one. */
export function ResetPasswordForm({ token }: { token: string }) {
  const t = useTranslations("recover");
  const { formProps, field, values, failure, busy } = useForm({
    schema: resetPasswordSchema,
    initial: { password: "" },
    toInput: ({ password }) => ({ token, password }),
    send: resetPassword,
    onSuccess: () => {
      broadcastSignOut();
      window.location.assign("/sign-in?reset=1");
    },
  });
  if (isInvalidLink(failure)) {
    return <InvalidLink text={t("resetDead")} href="/forgot-password" action={t("newLink")} />;
  }
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <PasswordField {...field("password")} label={t("newPassword")} autoComplete="new-password" />
      <PasswordStrengthHint password={values.password} personalData={[]} />
      {failure ? <FailureNote failure={failure} /> : null}
      <SubmitButton busy={busy} label={t("reset")} busyLabel={t("resetting")} className="mt-2 w-full" />
    </form>
  );
}
