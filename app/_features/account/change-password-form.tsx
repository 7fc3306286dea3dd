"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField, UsernameHint } from "@/app/_ui/forms/password-field";
import { PasswordStrengthHint } from "@/app/_ui/forms/password-strength-hint";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { changePasswordSchema } from "@/lib/schemas/account";
import { changePassword } from "./account-api";
import { SuccessNote } from "./success-note";

const EMPTY_VALUES = { currentPassword: "", newPassword: "" };

export function ChangePasswordForm({ email, name }: { email: string; name: string }) {
  const t = useTranslations("security");
  const router = useRouter();
  const [changed, setChanged] = useState(false);
  const { formProps, field, values, setValues, failure, busy } = useForm({
    schema: changePasswordSchema,
    initial: EMPTY_VALUES,
    toInput: (typed) => typed,
    send: (input) => {
      setChanged(false);
      return changePassword(input);
    },
    isReusable: true,
    onSuccess: () => {
      setValues(EMPTY_VALUES);
      setChanged(true);
      router.refresh();
    },
  });
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <UsernameHint email={email} />
      <PasswordField
        {...field("currentPassword")}
        label={t("currentPassword")}
        autoComplete="current-password"
      />
      <PasswordField {...field("newPassword")} label={t("newPassword")} autoComplete="new-password" />
      <PasswordStrengthHint password={values.newPassword} personalData={[email, name]} />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SubmitButton busy={busy} label={t("changePassword")} busyLabel={t("changingPassword")} />
        <SuccessNote text={changed ? t("passwordChanged") : null} />
      </div>
    </form>
  );
}
