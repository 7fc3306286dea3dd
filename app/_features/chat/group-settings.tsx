"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import type { ChatDetail } from "@/lib/schemas/chat";
import { chatChangeSchema } from "@/lib/schemas/chat";
import { changeChat } from "./store/chat-api";

interface Props {
  chat: ChatDetail;
  onChanged: (chat: ChatDetail) => void;
}

const titleSchema = chatChangeSchema.pick({ title: true }).required();

/** The settings of a group that its owner may change. */
export function GroupSettings({ chat, onChanged }: Props) {
  const t = useTranslations("chat");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const form = useForm({
    schema: titleSchema,
    initial: { title: chat.title ?? "" },
    toInput: (values) => values,
    send: (body) => changeChat(chat.id, body),
    onSuccess: ({ chat: changed }) => onChanged(changed),
    isReusable: true,
  });
  const setOpen = async (open: boolean) => {
    const result = await changeChat(chat.id, { open });
    setFailure(result.ok ? null : result.failure);
    if (result.ok) onChanged(result.data.chat);
  };
  return (
    <>
      <form {...form.formProps} className="flex flex-col gap-1">
        <Field {...form.field("title")} label={t("groupTitle")} autoComplete="off" />
        {form.failure ? <FailureNote failure={form.failure} /> : null}
        {form.values.title.trim() === (chat.title ?? "") ? null : (
          <SubmitButton busy={form.busy} label={t("rename")} busyLabel={t("saving")} />
        )}
      </form>
      <label className="mb-4 flex items-start gap-3">
        <input
          type="checkbox"
          checked={chat.open}
          onChange={({ currentTarget: { checked } }) => void setOpen(checked)}
          className="mt-0.5 size-5 accent-[var(--mark)]"
        />
        <span>
          <span className="block text-sm font-semibold">{t("openGroup")}</span>
          <span className="block text-xs text-muted">{t("openGroupHint")}</span>
        </span>
      </label>
      {failure ? <FailureNote failure={failure} className="mb-3" /> : null}
    </>
  );
}
