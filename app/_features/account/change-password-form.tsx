"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField } from "@/app/_ui/forms/password-field";
import { StrengthHint } from "@/app/_ui/forms/password-strength-hint";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { UsernameHint } from "@/app/_ui/forms/username-hint";
import { changePasswordSchema } from "@/lib/accounts/client";
import { changePassword } from "./account-api";
import { SavedNote } from "./success-note";

const EMPTY = { currentPassword: "", newPassword: "" };

export function PasswordForm({ email, name }: { email: string; name: string }) {
  const t = useTranslations("security");
  const router = useRouter();
  const [changed, setChanged] = useState(false);
  const { formProps, field, values, setValues, failure, busy } = useForm({
    schema: changePasswordSchema,
    initial: EMPTY,
    toInput: (typed) => typed,
    send: (input) => {
      setChanged(false);
      return changePassword(input);
    },
    stays: true,
    onSuccess: () => {
      setValues(EMPTY);
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
      <StrengthHint password={values.newPassword} known={[email, name]} />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SubmitButton busy={busy} idle={t("changePassword")} working={t("changingPassword")} />
        <SavedNote text={changed ? t("passwordChanged") : null} />
      </div>
    </form>
  );
}
