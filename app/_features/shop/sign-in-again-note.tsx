import { useTranslations } from "next-intl";
import { Link } from "@/app/_ui/link";

/** Shown when the session has ended while the page was open; sign-in returns to it. */
export function SignInAgainNote({ next }: { next: string }) {
  const t = useTranslations("shop");
  return (
    <p className="text-sm text-muted">
      {t.rich("signInAgain", {
        link: (chunks) => (
          <Link
            href={`/sign-in?next=${encodeURIComponent(next)}`}
            className="text-ink underline underline-offset-4"
          >
            {chunks}
          </Link>
        ),
      })}
    </p>
  );
}
