"use client";

import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import { broadcastSignOut } from "@/app/_data/session";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { PasswordField, UsernameHint } from "@/app/_ui/forms/password-field";
import { useForm } from "@/app/_ui/forms/use-form";
import { Link } from "@/app/_ui/link";
import { deletionSchema } from "@/lib/schemas/account";
import { deleteAccount } from "./account-api";

/** Deletes the account after a second confirmation with the password. */
export function DeletionForm({ email }: { email: string }) {
  const t = useTranslations("myData");
  const [isOpen, setIsOpen] = useState(false);
  const { form, formProps, field, failure, busy } = useForm({
    schema: deletionSchema,
    initial: { password: "" },
    toInput: (values) => values,
    send: deleteAccount,
    onSuccess: () => {
      broadcastSignOut();
      // A full page load, so that nothing rendered for the user stays in memory.
      window.location.replace("/sign-in?deleted=1");
    },
  });
  // The button that had the focus has been removed.
  useEffect(() => {
    const control = isOpen ? form.current?.elements.namedItem("password") : null;
    if (!(control instanceof HTMLElement)) return;
    control.focus();
    // The bottom bar on phones would cover it.
    control.scrollIntoView({ block: "center" });
  }, [isOpen, form]);
  if (!isOpen) {
    return (
      <Button look="danger" size="large" className="mt-8" onClick={() => setIsOpen(true)}>
        {t("deletionAsk")}
      </Button>
    );
  }
  return (
    <form
      {...formProps}
      aria-labelledby="deletion-last"
      className="mt-8 flex animate-settle flex-col gap-1.5 rounded-2xl border border-danger/50 p-5 sm:p-6"
    >
      <p id="deletion-last" className="mb-3 font-semibold text-pretty">
        {t("deletionLast")}
      </p>
      <UsernameHint email={email} />
      <PasswordField {...field("password")} autoComplete="current-password" />
      {failure ? <FailureNote failure={failure} /> : null}
      {failure ? <BlockingOrders failure={failure} /> : null}
      <div className="mt-2 flex flex-wrap gap-3">
        <Button type="submit" look="danger" size="large" aria-disabled={busy}>
          <span aria-live="polite">{t(busy ? "deleting" : "deletionAction")}</span>
        </Button>
        {busy ? null : (
          <Button look="plain" size="large" onClick={() => setIsOpen(false)}>
            {t("deletionNo")}
          </Button>
        )}
      </div>
    </form>
  );
}

const ORDER_PATH = /^orders\.([\da-f-]{36})$/;

/** The unfinished orders that block the deletion. */
function BlockingOrders({ failure }: { failure: ApiFailure }) {
  const orders = failure.details.flatMap(({ path, message }) => {
    const id = ORDER_PATH.exec(path)?.[1];
    return id ? [{ id, title: message }] : [];
  });
  if (orders.length === 0) return null;
  return (
    <ul className="mt-1 space-y-1">
      {orders.map(({ id, title }) => (
        <li key={id}>
          <Link
            href={`/orders/${id}`}
            className="inline-flex min-h-9 max-w-full items-center underline underline-offset-4 hover:text-accent-text"
          >
            <bdi className="truncate">{title}</bdi>
          </Link>
        </li>
      ))}
    </ul>
  );
}
