"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { signOut } from "./auth-api";

export function SignOutButton() {
  const t = useTranslations("me");
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);
  const handleSignOut = async () => {
    setBusy(true);
    setFailure(null);
    const result = await signOut();
    // A full page load, so that nothing of the user stays in memory.
    if (result.ok) return window.location.assign("/");
    setBusy(false);
    setFailure(result.failure);
  };
  return (
    <div className="flex flex-col gap-3 sm:items-end">
      <Button
        look="quiet"
        aria-disabled={busy}
        onClick={() => (busy ? undefined : void handleSignOut())}
        className="self-start sm:self-end"
      >
        {t(busy ? "signingOut" : "signOut")}
      </Button>
      {failure ? <FailureNote failure={failure} /> : null}
    </div>
  );
}
