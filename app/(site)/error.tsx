"use client";

import { ErrorPage } from "@/app/_shell/error-page";

export default function SiteError({ error, retry }: { error: unknown; retry: () => void }) {
  return <ErrorPage error={error} retry={retry} />;
}
