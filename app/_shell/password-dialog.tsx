"use client";

import { useTranslations } from "next-intl";
import { confirmPassword } from "@/app/_features/account/auth-api";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField, UsernameHint } from "@/app/_ui/forms/password-field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { signInSchema } from "@/lib/schemas/account";

const schema = signInSchema.pick({ password: true });

interface Props {
  /** For password managers; null when it is not known. */
  email: string | null;
  onConfirm: () => void;
  /** After a confirmation too. */
  onClose: () => void;
}

/** The dialog of password-prompt.tsx. */
export function PasswordDialog({ email, onConfirm, onClose }: Props) {
  const t = useTranslations("passwordQuestion");
  return (
    <Dialog title={t("title")} onClose={onClose} hideCloseButton className="w-[min(27rem,calc(100vw-2rem))]">
      {(close) => (
        <>
          <p className="mb-6 text-muted">{t("text")}</p>
          <PasswordForm
            email={email}
            onConfirm={() => {
              onConfirm();
              close();
            }}
            onCancel={close}
          />
        </>
      )}
    </Dialog>
  );
}

interface FormProps extends Pick<Props, "email" | "onConfirm"> {
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
