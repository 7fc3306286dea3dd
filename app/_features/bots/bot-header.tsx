"use client";

import { ExternalLink, ListTree, Unplug } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { Link } from "@/app/_ui/link";
import type { Bot, BotNumbers as Numbers } from "@/lib/schemas/bot-console";
import { isolate } from "@/lib/schemas/isolate";
import { BotNumbers } from "./bot-numbers";
import { BotState } from "./bot-state";
import { connectBot } from "./bots-api";
import { PauseButton } from "./pause-button";
import { useBotNumbers } from "./use-bot-numbers";

interface Props {
  bot: Bot;
  /** Undefined when they could not be read. */
  numbers: Numbers | undefined;
  /** Where people talk to it. */
  chatUrl: string;
}

export function BotHeader({ bot, numbers: initial, chatUrl }: Props) {
  const t = useTranslations("bots");
  const numbers = useBotNumbers([bot.id], initial ? [initial] : []);
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-10 gap-y-6">
      <div className="min-w-0">
        <Link href="/bots" className="text-sm text-muted underline underline-offset-4">
          {t("title")}
        </Link>
        <h1 dir="auto" className="display mt-2 text-left text-[clamp(1.75rem,4.5vw,3rem)]">
          {bot.name}
        </h1>
        <p className="mt-2 flex flex-wrap items-center gap-3 text-sm text-muted">
          <span className="[overflow-wrap:anywhere]">@{bot.username}</span>
          <BotState state={bot.state} />
          <span>
            {bot.isAdministrators ? t("administrators") : t("ownedBy", { name: isolate(bot.ownerName) })}
          </span>
        </p>
        <div className="mt-5 flex flex-wrap gap-2">
          <Button asChild look="quiet">
            <a href={chatUrl} target="_blank" rel="noopener noreferrer">
              <ExternalLink className="size-4" aria-hidden="true" />
              {t("chat")}
            </a>
          </Button>
          <Button asChild look="quiet">
            <Link href={`/bots/${bot.id}/runs`}>
              <ListTree className="size-4" aria-hidden="true" />
              {t("runs")}
            </Link>
          </Button>
          <PauseButton bot={bot} />
        </div>
        {bot.isConnected ? null : <Disconnected botId={bot.id} />}
      </div>
      <section
        aria-label={t("numbers.label")}
        className="w-full rounded-3xl border border-line bg-raised/60 p-5 sm:w-96"
      >
        <BotNumbers numbers={numbers.get(bot.id)} />
      </section>
    </header>
  );
}

function Disconnected({ botId }: { botId: string }) {
  const t = useTranslations("bots");
  const router = useRouter();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const connect = async () => {
    if (isBusy) return;
    setBusy(true);
    const result = await connectBot(botId);
    setBusy(false);
    setFailure(result.ok ? null : result.failure);
    if (result.ok) router.refresh();
  };
  return (
    <div className="mt-5 flex flex-wrap items-center gap-3 rounded-2xl bg-danger-ground p-4 text-danger">
      <Unplug className="size-5 shrink-0" aria-hidden="true" />
      <p className="min-w-0 flex-1 basis-60">{t("disconnected")}</p>
      <Button look="danger" aria-disabled={isBusy} onClick={() => void connect()}>
        {t(isBusy ? "connecting" : "connect")}
      </Button>
      {failure ? <FailureNote failure={failure} className="w-full" /> : null}
    </div>
  );
}
