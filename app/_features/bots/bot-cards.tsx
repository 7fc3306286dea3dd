"use client";

import { Bot as BotIcon, Unplug } from "lucide-react";
import { useTranslations } from "next-intl";
import { tintStyle } from "@/app/_features/posts/tint-style";
import { Link } from "@/app/_ui/link";
import type { Bot, BotNumbers as Numbers } from "@/lib/schemas/bot-console";
import { isolate } from "@/lib/schemas/isolate";
import { BotNumbers } from "./bot-numbers";
import { BotState } from "./bot-state";
import { useBotNumbers } from "./use-bot-numbers";

export function BotCards({ bots, numbers: initial }: { bots: readonly Bot[]; numbers: readonly Numbers[] }) {
  const t = useTranslations("bots");
  const numbers = useBotNumbers(
    bots.map(({ id }) => id),
    initial,
  );
  if (bots.length === 0)
    return (
      <div className="mt-10 rounded-3xl border border-dashed border-line-strong p-6 sm:p-8">
        <h2 className="display text-2xl">{t("emptyTitle")}</h2>
        <p className="mt-3 max-w-[60ch] text-muted">{t("emptyText")}</p>
      </div>
    );
  return (
    <ul className="mt-10 grid gap-4 lg:grid-cols-2">
      {bots.map((bot) => (
        <li
          key={bot.id}
          style={tintStyle(bot.id)}
          className="tinted relative flex flex-col gap-5 rounded-3xl border border-line bg-tint p-5 transition-colors hover:border-tint-text sm:p-6"
        >
          <div className="flex items-start gap-4">
            <span className="flex size-12 shrink-0 items-center justify-center rounded-2xl bg-tint-strong text-tint-text">
              <BotIcon className="size-6" aria-hidden="true" />
            </span>
            <div className="min-w-0 flex-1">
              <h2 className="text-lg font-semibold [overflow-wrap:anywhere]">
                <Link
                  href={`/bots/${bot.id}`}
                  className="stretched"
                  aria-label={t("open", { name: isolate(bot.name) })}
                >
                  <bdi>{bot.name}</bdi>
                </Link>
              </h2>
              <p className="text-sm text-muted [overflow-wrap:anywhere]">@{bot.username}</p>
              <p className="mt-1 text-xs text-muted">
                {bot.isAdministrators ? t("administrators") : t("ownedBy", { name: isolate(bot.ownerName) })}
              </p>
            </div>
            <BotState state={bot.state} />
          </div>
          {bot.isConnected ? null : (
            <p className="flex gap-2 text-sm text-danger">
              <Unplug className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
              {t("disconnected")}
            </p>
          )}
          <BotNumbers numbers={numbers.get(bot.id)} className="mt-auto" />
        </li>
      ))}
    </ul>
  );
}
