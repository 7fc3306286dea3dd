"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import { BecomeArtist } from "./become-artist";

interface Props {
  role: "listener" | "artist" | "admin";
  /** Selling requires a confirmed address. */
  confirmed: boolean;
}

/** The current role, with a button to become an artist. */
export function RoleCard({ role, confirmed }: Props) {
  const t = useTranslations("profile");
  const roles = useTranslations("me.roles");
  return (
    <>
      <p className="text-lg font-semibold">{roles(role)}</p>
      <p className="mt-1 mb-4 text-sm text-muted">
        {t(role === "listener" && !confirmed ? "roleTexts.unconfirmed" : `roleTexts.${role}`)}
      </p>
      {role === "listener" && confirmed ? <BecomeArtist confirmed look="quiet" /> : null}
      {role === "artist" ? (
        <Button asChild look="quiet">
          <Link href="/shop/new">{t("sell")}</Link>
        </Button>
      ) : null}
    </>
  );
}
