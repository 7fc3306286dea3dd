"use client";

import { useTranslations } from "next-intl";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { FailureNote } from "@/app/_ui/failure-note";
import { SuccessNote } from "./success-note";

interface Props {
  saved: boolean;
  failure: ApiFailure | null;
  retry: () => void;
}

/** The result of an autosave, with a retry button after a failure. */
export function AutosaveStatus({ saved, failure, retry }: Props) {
  const t = useTranslations("preferences");
  return (
    <div className="mt-3">
      <SuccessNote text={saved && !failure ? t("saved") : null} />
      {failure ? (
        <div className="mt-2 flex flex-col items-start gap-3">
          <FailureNote failure={failure} />
          <Button look="quiet" size="small" onClick={retry}>
            {t("retry")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
