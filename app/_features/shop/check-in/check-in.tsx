"use client";

import { Camera, CameraOff } from "lucide-react";
import { useTranslations } from "next-intl";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/app/_ui/button";
import { Field } from "@/app/_ui/forms/field";
import { admitTicket } from "./check-in-api";
import { CheckInResult, type Outcome } from "./check-in-result";
import { Scanner } from "./scanner";

const BUZZ_MS = { admitted: [60], refused: [80, 60, 80] };

/** The door: tickets are admitted one after another, by the camera or by hand. */
export function CheckIn() {
  const t = useTranslations("checkIn");
  const [code, setCode] = useState("");
  const [isScanning, setIsScanning] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [admittedCount, setAdmittedCount] = useState(0);
  const isBusy = useRef(false);

  const admit = async (text: string) => {
    const entered = text.trim().toUpperCase();
    if (entered === "" || isBusy.current) return;
    isBusy.current = true;
    setOutcome({ code: entered, state: "checking" });
    const result = await admitTicket(entered);
    isBusy.current = false;
    navigator.vibrate?.(BUZZ_MS[result.ok ? "admitted" : "refused"]);
    if (!result.ok) return setOutcome({ code: entered, state: "refused", failure: result.failure });
    setOutcome({ code: entered, state: "admitted", ticket: result.data.ticket });
    setAdmittedCount((count) => count + 1);
    setCode("");
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void admit(code);
  };

  return (
    <div className="mt-8 grid items-start gap-8 lg:grid-cols-2 lg:gap-12">
      <div className="flex flex-col gap-6">
        {isScanning ? <Scanner onCode={(scanned) => void admit(scanned)} /> : null}
        <Button
          look={isScanning ? "quiet" : "primary"}
          size="large"
          onClick={() => setIsScanning(!isScanning)}
          className="self-start"
        >
          {isScanning ? (
            <CameraOff className="size-5" aria-hidden="true" />
          ) : (
            <Camera className="size-5" aria-hidden="true" />
          )}
          {t(isScanning ? "stopScanning" : "scan")}
        </Button>
        <form onSubmit={submit} className="flex flex-col gap-1.5">
          <Field
            name="code"
            value={code}
            error={undefined}
            onChange={setCode}
            onBlur={() => {}}
            label={t("code")}
            hint={t("codeHint")}
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            enterKeyHint="done"
            className="tabular font-display font-semibold uppercase"
          />
          <Button type="submit" look="quiet" className="self-start">
            {t("admit")}
          </Button>
        </form>
      </div>
      <div className="flex flex-col gap-4 max-lg:order-first">
        <CheckInResult outcome={outcome} />
        <p className="tabular text-sm text-muted">{t("admittedCount", { count: admittedCount })}</p>
      </div>
    </div>
  );
}
