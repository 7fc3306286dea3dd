"use client";

import { Eye, EyeOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "../button";
import { Field } from "./field";
import type { FieldProps } from "./use-form";

interface Props extends FieldProps {
  autoComplete: "current-password" | "new-password";
  hint?: string;
  /** "Password" by default; a form with several password fields names each. */
  label?: string;
}

/** A required password field with a button that shows and hides what was typed. */
export function PasswordField({ label, ...props }: Props) {
  const t = useTranslations("form");
  const [isVisible, setIsVisible] = useState(false);
  const Icon = isVisible ? EyeOff : Eye;
  return (
    <Field
      {...props}
      label={label ?? t("password")}
      type={isVisible ? "text" : "password"}
      required
      adornment={
        <Button
          look="plain"
          size="icon"
          aria-label={t(isVisible ? "hidePassword" : "showPassword")}
          aria-pressed={isVisible}
          onClick={() => setIsVisible(!isVisible)}
          className="size-10"
        >
          <Icon className="size-5" aria-hidden="true" />
        </Button>
      }
    />
  );
}

/** Gives a password manager the account of a form that has no email field. */
export function UsernameHint({ email }: { email: string }) {
  return <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />;
}
