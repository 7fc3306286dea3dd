"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { toast } from "sonner";
import { signOut } from "@/app/_client/auth";
import { Button } from "../ui/button";
import { useFailureText } from "../ui/failure-note";

export function SignOutButton() {
  const t = useTranslations("me");
  const failureText = useFailureText();
  const [busy, setBusy] = useState(false);
  const leave = async () => {
    setBusy(true);
    const result = await signOut();
    // a whole new document, so nothing of the person stays in memory
    if (result.ok) return window.location.assign("/");
    setBusy(false);
    toast.error(failureText(result.failure));
  };
  return (
    <Button look="quiet" aria-disabled={busy} onClick={() => (busy ? undefined : void leave())}>
      {t(busy ? "signingOut" : "signOut")}
    </Button>
  );
}
