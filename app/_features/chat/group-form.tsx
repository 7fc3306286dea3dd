"use client";

import { X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { DrawnCover } from "@/app/_art/drawn-cover";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Field } from "@/app/_ui/forms/field";
import { SubmitButton } from "@/app/_ui/forms/submit-button";
import { useForm } from "@/app/_ui/forms/use-form";
import { newChatSchema } from "@/lib/schemas/chat";
import { isolate } from "@/lib/schemas/isolate";
import { PeoplePicker } from "./people-picker";
import { createChat, type Person } from "./store/chat-api";
import { requestChats } from "./store/chat-list-store";

const schema = newChatSchema.options[1];

/** Creates a group: its title, its members, and whether any user may join. */
export function GroupForm() {
  const t = useTranslations("chat");
  const router = useRouter();
  const [members, setMembers] = useState<readonly Person[]>([]);
  const [open, setOpen] = useState(false);
  const { formProps, field, values, failure, busy } = useForm({
    schema,
    initial: { title: "" },
    toInput: ({ title }) => ({
      kind: "group" as const,
      title,
      open,
      memberIds: members.map(({ id }) => id),
    }),
    send: createChat,
    onSuccess: ({ chat }) => {
      requestChats();
      router.push(`/chat/${chat.id}`);
    },
  });
  const isSelected = (person: Person) => members.some(({ id }) => id === person.id);
  return (
    <form {...formProps} className="grid gap-x-6 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <div className="aspect-square overflow-hidden rounded-2xl max-sm:hidden">
        <DrawnCover id={`group:${values.title.trim().toLowerCase()}`} />
      </div>
      <div className="flex flex-col gap-2">
        <Field {...field("title")} label={t("groupTitle")} autoComplete="off" />
        <label className="flex items-start gap-3 rounded-xl py-1">
          <input
            type="checkbox"
            checked={open}
            onChange={({ currentTarget: { checked } }) => setOpen(checked)}
            className="mt-0.5 size-5 accent-[var(--mark)]"
          />
          <span>
            <span className="block text-sm font-semibold">{t("openGroup")}</span>
            <span className="block text-xs text-muted">{t("openGroupHint")}</span>
          </span>
        </label>
      </div>
      <div className="mt-4 sm:col-span-2">
        <h3 className="mb-2 text-sm font-semibold">{t("addPeople")}</h3>
        {members.length > 0 ? (
          <ul aria-label={t("chosenPeople")} className="mb-3 flex flex-wrap gap-1.5">
            {members.map((person) => (
              <li key={person.id}>
                <Button
                  look="quiet"
                  size="small"
                  aria-label={t("removePerson", { name: isolate(person.name) })}
                  onClick={() => setMembers(members.filter(({ id }) => id !== person.id))}
                >
                  <bdi className="max-w-48 truncate">{person.name}</bdi>
                  <X className="size-4" aria-hidden="true" />
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
        <PeoplePicker
          label={t("findPeople")}
          action={(person) => (
            <Button
              look="plain"
              size="small"
              aria-pressed={isSelected(person)}
              aria-label={t(isSelected(person) ? "removePerson" : "addPerson", {
                name: isolate(person.name),
              })}
              onClick={() =>
                setMembers(
                  isSelected(person) ? members.filter(({ id }) => id !== person.id) : [...members, person],
                )
              }
            >
              {t(isSelected(person) ? "added" : "add")}
            </Button>
          )}
        />
      </div>
      <div className="mt-4 flex flex-col gap-3 sm:col-span-2">
        {failure ? <FailureNote failure={failure} /> : null}
        <SubmitButton busy={busy} label={t("createGroup")} busyLabel={t("creating")} />
      </div>
    </form>
  );
}
