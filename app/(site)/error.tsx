"use client";

import { BrokenPage } from "@/app/_shell/error-page";

export default function SiteError({ error, retry }: { error: unknown; retry: () => void }) {
  return <BrokenPage error={error} retry={retry} />;
}
