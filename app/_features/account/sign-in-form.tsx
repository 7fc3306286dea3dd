"use client";

import { useTranslations } from "next-intl";
import { useEffect } from "react";
import { onSignedIn } from "@/app/_data/session";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { PasswordField } from "@/app/_ui/forms/password-field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { Link } from "@/app/_ui/link";
import { signInSchema } from "@/lib/schemas/account";
import { signIn } from "./auth-api";

export function SignInForm({ next }: { next: string }) {
  const t = useTranslations("auth");
  const { formProps, field, failure, busy } = useForm({
    schema: signInSchema,
    initial: { email: "", password: "" },
    toInput: (values) => values,
    send: signIn,
    // A full page load, so that nothing rendered for an anonymous viewer stays in a cache.
    onSuccess: () => window.location.assign(next),
  });
  // Other tabs with an ended session return to their page when the user signs in again in one tab.
  useEffect(() => onSignedIn(() => window.location.assign(next)), [next]);
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
      <PasswordField {...field("password")} autoComplete="current-password" />
      <Link
        href="/forgot-password"
        className="-mt-1 mb-2 self-start py-1 text-sm text-muted underline underline-offset-4 hover:text-ink"
      >
        {t("forgot")}
      </Link>
      {failure ? <FailureNote failure={failure} /> : null}
      <SubmitButton busy={busy} label={t("signIn")} busyLabel={t("signingIn")} className="mt-2 w-full" />
    </form>
  );
}
