"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_client/api";
import { type ChatDetail, changeChat, inviteTo, leaveChat, type Member } from "@/app/_client/chat/calls";
import { askChats } from "@/app/_client/chat/chat-list";
import { usePresence } from "@/app/_client/chat/presence";
import { chatChangeSchema } from "@/lib/chat/client";
import { Field } from "../forms/field";
import { SubmitButton } from "../forms/submit-button";
import { useForm } from "../forms/use-form";
import { Button } from "../ui/button";
import { FailureNote } from "../ui/failure-note";
import { Dialog } from "./dialog";
import { Face } from "./face";
import { PeoplePicker } from "./people-picker";
import { PresenceWords } from "./presence-words";

interface Props {
  chat: ChatDetail;
  viewerId: string;
  renderedAt: number;
  onChanged: (chat: ChatDetail) => void;
  onClose: () => void;
}

/** Of a group: who is in it and where they are, its name, inviting and leaving. */
export function MembersDialog({ chat, viewerId, renderedAt, onChanged, onClose }: Props) {
  const t = useTranslations("chat");
  const [inviting, setInviting] = useState(false);
  const members = chat.members.filter(({ left }) => !left);
  return (
    <Dialog title={chat.title ?? t("untitled")} onClose={onClose} aside>
      {() => (
        <div className="-mx-2 min-h-0 grow overflow-y-auto px-2">
          {chat.role === "owner" ? <GroupSettings chat={chat} onChanged={onChanged} /> : null}
          <div className="mt-2 mb-2 flex items-center justify-between gap-3">
            <h3 className="text-sm font-semibold">{t("members", { count: members.length })}</h3>
            <Button look="quiet" size="small" aria-expanded={inviting} onClick={() => setInviting(!inviting)}>
              {t(inviting ? "done" : "invite")}
            </Button>
          </div>
          {inviting ? (
            <Inviting chat={chat} onChanged={onChanged} />
          ) : (
            <Members members={members} viewerId={viewerId} renderedAt={renderedAt} />
          )}
          <Leaving chat={chat} />
        </div>
      )}
    </Dialog>
  );
}

const RANK = { online: 0, away: 1, offline: 2 } as const;

function Members({
  members,
  viewerId,
  renderedAt,
}: {
  members: readonly Member[];
  viewerId: string;
  renderedAt: number;
}) {
  const t = useTranslations("chat");
  const presenceOf = usePresence(members.map(({ userId }) => userId));
  const rank = ({ userId }: Member) => RANK[presenceOf(userId)?.state ?? "offline"];
  return (
    <ul>
      {[...members]
        .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
        .map((member) => (
          <li key={member.userId} className="flex items-center gap-3 py-1.5">
            <Face id={member.userId} round userId={member.userId} className="size-10" />
            <span className="min-w-0 grow">
              <span className="block truncate font-medium">
                {member.name}
                {member.userId === viewerId ? <span className="text-muted"> · {t("you")}</span> : null}
              </span>
              <span className="block truncate text-xs text-muted">
                <PresenceWords userId={member.userId} renderedAt={renderedAt} />
              </span>
            </span>
            {member.role === "owner" ? <span className="text-xs text-muted">{t("owner")}</span> : null}
          </li>
        ))}
    </ul>
  );
}

function Inviting({ chat, onChanged }: Pick<Props, "chat" | "onChanged">) {
  const t = useTranslations("chat");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const invite = async (userId: string) => {
    setBusy(userId);
    const result = await inviteTo(chat.id, userId);
    setBusy(null);
    setFailure(result.ok ? null : result.failure);
    if (result.ok) onChanged(result.data.chat);
  };
  return (
    <>
      {failure ? <FailureNote failure={failure} className="mb-3" /> : null}
      <PeoplePicker
        label={t("findPeople")}
        action={({ id, name }) =>
          chat.members.some(({ userId, left }) => userId === id && !left) ? (
            <span className="px-3 text-sm text-muted">{t("isIn")}</span>
          ) : (
            <Button
              look="quiet"
              size="small"
              aria-label={t("inviteNamed", { name })}
              aria-disabled={busy !== null}
              onClick={() => (busy === null ? void invite(id) : undefined)}
            >
              {t("invite")}
            </Button>
          )
        }
      />
    </>
  );
}

const titleSchema = chatChangeSchema.pick({ title: true }).required();

function GroupSettings({ chat, onChanged }: Pick<Props, "chat" | "onChanged">) {
  const t = useTranslations("chat");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const form = useForm({
    schema: titleSchema,
    initial: { title: chat.title ?? "" },
    toInput: (values) => values,
    send: (body) => changeChat(chat.id, body),
    onSuccess: ({ chat: changed }) => onChanged(changed),
    stays: true,
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
          <SubmitButton busy={form.busy} idle={t("rename")} working={t("saving")} />
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

/** Twice: what is left is not easily found again. */
function Leaving({ chat }: { chat: ChatDetail }) {
  const t = useTranslations("chat");
  const router = useRouter();
  const [sure, setSure] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const leave = async () => {
    if (!sure) return setSure(true);
    const result = await leaveChat(chat.id);
    if (!result.ok) return setFailure(result.failure);
    askChats();
    router.push("/chat");
    router.refresh();
  };
  return (
    <div className="mt-6 flex flex-col gap-3 border-t border-line pt-4">
      {failure ? <FailureNote failure={failure} /> : null}
      {sure ? <p className="text-sm text-muted">{t(chat.open ? "leaveOpenText" : "leaveText")}</p> : null}
      <Button look="danger" size="small" className="self-start" onClick={() => void leave()}>
        {t(sure ? "leaveSure" : "leave")}
      </Button>
    </div>
  );
}
