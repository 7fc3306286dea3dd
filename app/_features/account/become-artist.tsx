"use client";

import { useTranslations } from "next-intl";
import { becomeArtist } from "./account-api";
import { ActionButton } from "./action-button";
import { SendConfirmation } from "./send-confirmation";

interface Props {
  /** Selling requires a confirmed address. */
  confirmed: boolean;
  look?: "primary" | "quiet";
}

/** Makes a listener an artist; one whose address is not confirmed gets the mail for that again. */
export function BecomeArtist({ confirmed, look = "primary" }: Props) {
  const t = useTranslations("profile");
  if (!confirmed) return <SendConfirmation look={look} />;
  return (
    <ActionButton
      action={becomeArtist}
      label={t("becomeArtist")}
      busyLabel={t("becomingArtist")}
      doneLabel={t("becameArtist")}
      look={look}
    />
  );
}
