"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { changeAddress } from "@/app/_client/account";
import { changeAddressSchema } from "@/lib/accounts/client";
import { Field } from "../forms/field";
import { SubmitButton } from "../forms/submit-button";
import { useForm } from "../forms/use-form";
import { FailureNote } from "../ui/failure-note";
import { SavedNote } from "./saved-note";

/** Asks for another address. It is theirs once the link that goes there was opened. */
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
    stays: true,
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
        <SubmitButton busy={busy} idle={t("changeAddress")} working={t("changingAddress")} />
        <SavedNote text={sentTo === null ? null : t("addressSent", { email: sentTo })} />
      </div>
    </form>
  );
}
