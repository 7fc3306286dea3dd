"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { MAX_BOTS_PER_ARTIST, newBotSchema } from "@/lib/schemas/bot-console";
import { addBot } from "./bots-api";

export function AddBotForm({ isArtist }: { isArtist: boolean }) {
  const t = useTranslations("bots.add");
  const router = useRouter();
  const { formProps, field, busy, failure } = useForm({
    schema: newBotSchema,
    initial: { token: "", name: "" },
    toInput: ({ token, name }) => ({ token, ...(name.trim() === "" ? {} : { name }) }),
    send: addBot,
    onSuccess: ({ bot }) => router.push(`/bots/${bot.id}`),
  });
  return (
    <section aria-labelledby="add-bot" className="mt-12 max-w-xl">
      <h2 id="add-bot" className="display text-2xl">
        {t("title")}
      </h2>
      <p className="mt-3 text-muted">
        {t("text")} {isArtist ? t("limit", { count: MAX_BOTS_PER_ARTIST }) : null}
      </p>
      <form {...formProps} className="mt-5 flex flex-col gap-3">
        <Field {...field("token")} label={t("token")} autoComplete="off" spellCheck={false} required />
        <Field {...field("name")} label={t("name")} hint={t("nameHint")} autoComplete="off" optional />
        {failure ? <FailureNote failure={failure} /> : null}
        <div>
          <SubmitButton busy={busy} label={t("submit")} busyLabel={t("submitting")} />
        </div>
      </form>
    </section>
  );
}
