import Link from "next/link";
import { useTranslations } from "next-intl";

/** The session ended under an open page: the way back to it. */
export function SignInAgainNote({ next }: { next: string }) {
  const t = useTranslations("shop");
  return (
    <p className="text-sm text-muted">
      {t.rich("signInAgain", {
        link: (words) => (
          <Link
            href={`/sign-in?next=${encodeURIComponent(next)}`}
            prefetch={false}
            className="text-ink underline underline-offset-4"
          >
            {words}
          </Link>
        ),
      })}
    </p>
  );
}
