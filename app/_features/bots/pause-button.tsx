import { Pause, Play } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import type { Bot } from "@/lib/schemas/bot-console";
import { changeBot } from "./bots-api";

/** Pauses a bot after a question, and lets it go on at once. */
export function PauseButton({ bot }: { bot: Bot }) {
  const t = useTranslations("bots.pause");
  const router = useRouter();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const isActive = bot.state === "active";

  const change = async (): Promise<ApiFailure | null> => {
    const result = await changeBot(bot.id, { state: isActive ? "paused" : "active" });
    if (!result.ok) return result.failure;
    router.refresh();
    return null;
  };
  const resume = async () => {
    if (isBusy) return;
    setBusy(true);
    setFailure(await change());
    setBusy(false);
  };
  const Icon = isActive ? Pause : Play;
  return (
    <>
      <Button
        look={isActive ? "plain" : "primary"}
        aria-disabled={isBusy}
        onClick={() => (isActive ? setAsking(true) : void resume())}
      >
        <Icon className="size-4" aria-hidden="true" />
        {isBusy ? t("resuming") : t(isActive ? "action" : "resume")}
      </Button>
      {failure ? <FailureNote failure={failure} className="w-full" /> : null}
      {isAsking ? (
        <ConfirmDialog
          title={t("title")}
          text={t("text")}
          confirmLabel={t("confirm")}
          busyLabel={t("busy")}
          onConfirm={change}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
