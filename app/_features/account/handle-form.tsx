"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { handleFormSchema } from "@/lib/schemas/account";
import { changeProfile } from "./account-api";
import { SuccessNote } from "./success-note";

/** Changes the address of the person's page; the earlier one leads to it. */
export function HandleForm({ handle }: { handle: string }) {
  const t = useTranslations("profile");
  const router = useRouter();
  const [saved, setSaved] = useState<string | null>(null);
  const { formProps, field, failure, busy } = useForm({
    schema: handleFormSchema,
    initial: { handle },
    toInput: (values) => values,
    send: changeProfile,
    isReusable: true,
    onSuccess: ({ user }) => {
      setSaved(user.handle);
      router.refresh();
    },
  });
  const { onChange, ...control } = field("handle");
  return (
    <form {...formProps} className="mt-5 flex flex-col gap-1.5">
      <Field
        {...control}
        onChange={(value) => {
          setSaved(null);
          onChange(value);
        }}
        label={t("handle")}
        hint={t("handleHint")}
        autoComplete="off"
        required
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap items-center gap-4">
        <SubmitButton busy={busy} label={t("save")} busyLabel={t("saving")} />
        <SuccessNote text={saved === null ? null : t("handleSaved", { handle: saved })} />
      </div>
    </form>
  );
}
