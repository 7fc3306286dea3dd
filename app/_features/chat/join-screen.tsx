import { useTranslations } from "next-intl";
import { Cover } from "@/app/_art/cover";
import type { ChatDetail } from "@/lib/schemas/chat";
import { Avatar } from "./avatar";
import { JoinButton } from "./join-button";

const MAX_AVATARS = 6;

/** An open group as non-members see it: title and members. Only members can read the messages. */
export function JoinScreen({ chat }: { chat: ChatDetail }) {
  const t = useTranslations("chat");
  const title = chat.title ?? t("untitled");
  return (
    <div data-chat-screen className="h-full overflow-y-auto px-4 pt-6 pb-28 sm:p-10">
      <div className="mx-auto grid max-w-3xl gap-8 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)] sm:items-center">
        <div className="aspect-square overflow-hidden rounded-3xl shadow-[0_2rem_5rem_-1.5rem_var(--glow)]">
          <Cover id={chat.id} />
        </div>
        <div className="min-w-0">
          <p className="text-sm font-semibold text-tint-text">{t("openGroupName")}</p>
          <h1 dir="auto" className="display mt-2 text-[clamp(1.8rem,4vw,3rem)]">
            {title}
          </h1>
          <p className="tabular mt-3 text-muted">{t("members", { count: chat.membersCount })}</p>
          <div className="mt-4 flex -space-x-2.5">
            {chat.members.slice(0, MAX_AVATARS).map(({ userId }) => (
              <Avatar
                key={userId}
                id={userId}
                round
                className="size-10 rounded-full ring-[3px] ring-ground"
              />
            ))}
          </div>
          <div className="mt-7 flex flex-wrap gap-3">
            <JoinButton chatId={chat.id} title={title} large />
          </div>
        </div>
      </div>
    </div>
  );
}
