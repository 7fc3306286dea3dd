"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import { onDemand } from "@/app/_ui/on-demand";
import { PersonLink } from "@/app/_ui/person-link";
import type { ChatDetail } from "@/lib/schemas/chat";
import { isolate } from "@/lib/schemas/isolate";
import { Avatar } from "./avatar";
import { LeaveGroup } from "./leave-group";
import { PeoplePicker } from "./people-picker";
import { PresenceLabel } from "./presence";
import { RemoveMember } from "./remove-member";
import { type ChatMember, inviteMember } from "./store/chat-api";
import { usePresence } from "./store/presence-store";

/** Only owners see it, so only they load its form. */
const GroupSettings = onDemand(() => import("./group-settings").then((module) => module.GroupSettings));

interface Props {
  chat: ChatDetail;
  viewerId: string;
  renderedAt: number;
  onChanged: (chat: ChatDetail) => void;
  /** The members are to be read again. */
  onMemberRemoved: () => void;
  onClose: () => void;
}

/** The members of a group with their presence, its settings, inviting and leaving. */
export function MembersDialog({ chat, viewerId, renderedAt, onChanged, onMemberRemoved, onClose }: Props) {
  const t = useTranslations("chat");
  const [isInviting, setIsInviting] = useState(false);
  const members = chat.members.filter(({ left }) => !left);
  return (
    <Dialog title={chat.title ?? t("untitled")} onClose={onClose} aside>
      {() => (
        <div className="-mx-2 min-h-0 grow overflow-y-auto px-2">
          {chat.role === "owner" ? <GroupSettings chat={chat} onChanged={onChanged} /> : null}
          <div className="mt-2 mb-2 flex items-center justify-between gap-3">
            <h3 className="text-sm font-semibold">{t("members", { count: members.length })}</h3>
            <Button
              look="quiet"
              size="small"
              aria-expanded={isInviting}
              onClick={() => setIsInviting(!isInviting)}
            >
              {t(isInviting ? "done" : "invite")}
            </Button>
          </div>
          {isInviting ? (
            <InvitePanel chat={chat} onChanged={onChanged} />
          ) : (
            <MemberList
              chat={chat}
              members={members}
              viewerId={viewerId}
              renderedAt={renderedAt}
              onRemoved={onMemberRemoved}
            />
          )}
          <LeaveGroup chat={chat} />
        </div>
      )}
    </Dialog>
  );
}

const PRESENCE_ORDER = { online: 0, away: 1, offline: 2 } as const;

interface MemberListProps extends Pick<Props, "chat" | "viewerId" | "renderedAt"> {
  members: readonly ChatMember[];
  onRemoved: () => void;
}

function MemberList({ chat, members, viewerId, renderedAt, onRemoved }: MemberListProps) {
  const t = useTranslations("chat");
  const presenceOf = usePresence(members.map(({ userId }) => userId));
  const presenceOrder = ({ userId }: ChatMember) => PRESENCE_ORDER[presenceOf(userId)?.state ?? "offline"];
  return (
    <ul>
      {[...members]
        .sort((a, b) => presenceOrder(a) - presenceOrder(b) || a.name.localeCompare(b.name))
        .map((member) => (
          <li key={member.userId} className="flex items-center gap-3 py-1.5">
            <Avatar id={member.userId} round userId={member.userId} className="size-10" />
            <span className="min-w-0 grow">
              <span className="block truncate font-medium">
                <PersonLink name={member.name} handle={member.handle} />
                {member.userId === viewerId ? <span className="text-muted"> · {t("you")}</span> : null}
              </span>
              <span className="block truncate text-xs text-muted">
                <PresenceLabel userId={member.userId} renderedAt={renderedAt} />
              </span>
            </span>
            {member.role === "owner" ? <span className="text-xs text-muted">{t("owner")}</span> : null}
            {chat.role === "owner" && member.userId !== viewerId ? (
              <RemoveMember chatId={chat.id} member={member} onRemoved={onRemoved} />
            ) : null}
          </li>
        ))}
    </ul>
  );
}

function InvitePanel({ chat, onChanged }: Pick<Props, "chat" | "onChanged">) {
  const t = useTranslations("chat");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [invitingId, setInvitingId] = useState<string | null>(null);
  const invite = async (userId: string) => {
    setInvitingId(userId);
    const result = await inviteMember(chat.id, userId);
    setInvitingId(null);
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
              aria-label={t("inviteNamed", { name: isolate(name) })}
              aria-disabled={invitingId !== null}
              onClick={() => (invitingId === null ? void invite(id) : undefined)}
            >
              {t("invite")}
            </Button>
          )
        }
      />
    </>
  );
}
