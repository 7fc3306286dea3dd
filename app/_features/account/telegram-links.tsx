"use client";

import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import type { BotLink, LinkOffer, NewLinkCode } from "@/lib/schemas/bot-links";
import { isolate } from "@/lib/schemas/isolate";
import { ActionButton } from "./action-button";
import { SettingsSection } from "./settings-section";
import { confirmTelegramCode, createTelegramCode, endTelegramLink } from "./telegram-api";

interface Props {
  links: readonly BotLink[];
  /** A code that the user got in the bot, to confirm. */
  code: string | null;
  /** Whom the code would link; null when it is no longer valid. */
  offer: LinkOffer | null;
}

/** The Telegram users that may act for the account, and the two ways to link one. */
export function TelegramLinks({ links, code, offer }: Props) {
  const t = useTranslations("telegram");
  const heading = useRef<HTMLHeadingElement>(null);
  const [announcement, setAnnouncement] = useState("");
  /** The button that had the focus is about to go, with what it would have shown. */
  const finish = (message: string) => {
    heading.current?.focus();
    setAnnouncement(message);
  };
  const unlink = async (id: string) => {
    const result = await endTelegramLink(id);
    if (result.ok) finish(t("unlinked"));
    return result;
  };
  return (
    <SettingsSection id="telegram" title={t("title")} text={t("text")} className="mt-10" headingRef={heading}>
      <p role="status" className="sr-only">
        {announcement}
      </p>
      {code !== null && offer ? (
        <ConfirmCode code={code} offer={offer} onConfirmed={() => finish(t("confirmed"))} />
      ) : null}
      {code !== null && !offer ? <p className="mb-6 text-pretty">{t("codeInvalid")}</p> : null}
      {links.length === 0 ? <NewLink /> : null}
      <ul className="grid gap-5">
        {links.map(({ id, name, botName }) => (
          <li key={id} className="flex flex-wrap items-center justify-between gap-4">
            <span className="[overflow-wrap:anywhere]">
              {t("linkedAs", { name: isolate(name), bot: isolate(botName) })}
            </span>
            <ActionButton
              action={() => unlink(id)}
              label={t("unlink")}
              busyLabel={t("unlinking")}
              doneLabel={t("unlinked")}
            />
          </li>
        ))}
      </ul>
    </SettingsSection>
  );
}

/** The account is linked only after a click: the link with the code may come from anyone. */
function ConfirmCode({
  code,
  offer,
  onConfirmed,
}: {
  code: string;
  offer: LinkOffer;
  onConfirmed: () => void;
}) {
  const t = useTranslations("telegram");
  const router = useRouter();
  const confirm = async () => {
    const result = await confirmTelegramCode(code);
    // The code works once.
    if (result.ok) {
      onConfirmed();
      router.replace("/me/devices");
    }
    return result;
  };
  return (
    <div className="mb-6 grid gap-4 rounded-3xl bg-tint-strong p-5">
      <p className="text-pretty">
        {t("confirmText", {
          name: isolate(offer.name),
          bot: isolate(offer.botName),
          username: isolate(`@${offer.botUsername}`),
        })}
      </p>
      <ActionButton
        action={confirm}
        label={t("confirm")}
        busyLabel={t("confirming")}
        doneLabel={t("confirmed")}
        look="primary"
      />
    </div>
  );
}

function NewLink() {
  const t = useTranslations("telegram");
  const [created, setCreated] = useState<NewLinkCode | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [isCreating, setCreating] = useState(false);
  const address = useRef<HTMLAnchorElement>(null);
  const create = async () => {
    setCreating(true);
    const result = await createTelegramCode();
    setCreating(false);
    setFailure(result.ok ? null : result.failure);
    setCreated(result.ok ? result.data : null);
  };
  // The button that had the focus is gone.
  useEffect(() => {
    if (created) address.current?.focus();
  }, [created]);
  if (created)
    return (
      <div className="grid gap-3">
        <p className="text-pretty">{t("codeText", { minutes: created.minutes })}</p>
        <p>
          <a ref={address} href={created.url} className="font-semibold underline [overflow-wrap:anywhere]">
            {created.url}
          </a>
        </p>
        <p className="text-sm text-muted">{t("orSend")}</p>
        <code className="tabular [overflow-wrap:anywhere]">/start {created.code}</code>
      </div>
    );
  return (
    <div className="grid gap-3">
      <div>
        <Button
          look="quiet"
          aria-disabled={isCreating}
          onClick={() => (isCreating ? undefined : void create())}
        >
          {t("link")}
        </Button>
      </div>
      {failure ? <FailureNote failure={failure} /> : null}
    </div>
  );
}
