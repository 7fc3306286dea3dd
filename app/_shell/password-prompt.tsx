"use client";

import { useEffect, useState } from "react";
import { registerPasswordPrompt } from "@/app/_data/password-prompt";
import { onDemand } from "@/app/_ui/on-demand";
import { withOnDemandMessages } from "@/app/i18n/on-demand-messages";

// Few pages ever ask, and its form brings the schemas and zod.
const PasswordDialog = onDemand(() =>
  withOnDemandMessages(import("./password-dialog").then((module) => module.PasswordDialog)),
);

type ResolvePrompt = (given: boolean) => void;

/** Asks for the password when an API call requires it (app/_data/call-api.ts), and lets the call continue. */
export function PasswordPrompt({ email }: { email: string | null }) {
  const [resolvePrompt, setResolvePrompt] = useState<ResolvePrompt | null>(null);

  useEffect(
    () => registerPasswordPrompt(() => new Promise((resolve) => setResolvePrompt(() => resolve))),
    [],
  );
  if (!resolvePrompt) return null;
  return (
    <PasswordDialog
      email={email}
      onConfirm={() => resolvePrompt(true)}
      onClose={() => {
        // Without effect on a prompt that the form has resolved.
        resolvePrompt(false);
        setResolvePrompt(null);
      }}
    />
  );
}
