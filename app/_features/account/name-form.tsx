"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { signUpSchema } from "@/lib/schemas/account";
import { changeProfile } from "./account-api";
import { SuccessNote } from "./success-note";

const schema = signUpSchema.pick({ name: true });

/** Changes the display name, which applies everywhere immediately. */
export function NameForm({ name }: { name: string }) {
  const t = useTranslations("profile");
  const router = useRouter();
  const [saved, setSaved] = useState(false);
  const { formProps, field, failure, busy } = useForm({
    schema,
    initial: { name },
    toInput: (values) => values,
    send: changeProfile,
    isReusable: true,
    onSuccess: () => {
      setSaved(true);
      router.refresh();
    },
  });
  const { onChange, ...control } = field("name");
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <Field
        {...control}
        onChange={(value) => {
          setSaved(false);
          onChange(value);
        }}
        label={t("nameLabel")}
        hint={t("nameHint")}
        autoComplete="nickname"
        required
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap items-center gap-4">
        <SubmitButton busy={busy} label={t("save")} busyLabel={t("saving")} />
        <SuccessNote text={saved ? t("saved") : null} />
      </div>
    </form>
  );
}
