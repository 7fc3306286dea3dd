"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { changeAddressSchema } from "@/lib/schemas/account";
import { changeAddress } from "./account-api";
import { SuccessNote } from "./success-note";

/** Requests an address change, which takes effect when the link mailed to the new address is opened. */
export function AddressForm() {
  const t = useTranslations("security");
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { formProps, field, values, setValues, failure, busy } = useForm({
    schema: changeAddressSchema,
    initial: { email: "" },
    toInput: (typed) => typed,
    send: (input) => {
      setSentTo(null);
      return changeAddress(input);
    },
    isReusable: true,
    onSuccess: () => {
      setSentTo(values.email.trim());
      setValues({ email: "" });
    },
  });
  return (
    <form {...formProps} className="flex flex-col gap-1.5">
      <Field
        {...field("email")}
        label={t("newAddress")}
        type="email"
        autoComplete="email"
        inputMode="email"
        required
      />
      {failure ? <FailureNote failure={failure} /> : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SubmitButton busy={busy} label={t("changeAddress")} busyLabel={t("changingAddress")} />
        <SuccessNote text={sentTo === null ? null : t("addressSent", { email: sentTo })} />
      </div>
    </form>
  );
}
