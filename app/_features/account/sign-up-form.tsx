"use client";

import { useTranslations } from "next-intl";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { PasswordField } from "@/app/_ui/forms/password-field";
import { PasswordStrengthHint } from "@/app/_ui/forms/password-strength-hint";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { signUpSchema } from "@/lib/schemas/account";
import { signUp } from "./auth-api";

export function SignUpForm({ next, referralCode }: { next: string; referralCode: string }) {
  const t = useTranslations("auth");
  const { formProps, field, values, failure, busy } = useForm({
    schema: signUpSchema,
    initial: { name: "", email: "", password: "", referralCode },
    toInput: (values) => ({ ...values, referralCode: values.referralCode.trim() || undefined }),
    send: signUp,
    onSuccess: () => window.location.assign(next),
  });
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <Field {...field("name")} label={t("name")} hint={t("nameHint")} autoComplete="nickname" required />
      <Field
        {...field("email")}
        label={t("email")}
        type="email"
        autoComplete="username"
        inputMode="email"
        required
      />
      <PasswordField {...field("password")} autoComplete="new-password" />
      <PasswordStrengthHint password={values.password} personalData={[values.email, values.name]} />
      <Field
        {...field("referralCode")}
        label={t("referral")}
        optional
        autoComplete="off"
        className="uppercase"
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <SubmitButton busy={busy} label={t("signUp")} busyLabel={t("signingUp")} className="mt-2 w-full" />
    </form>
  );
}
