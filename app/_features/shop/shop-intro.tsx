import { Plus, Receipt } from "lucide-react";
import { getTranslations } from "next-intl/server";
import { PageTitle } from "@/app/_shell/page";
import { getShellViewer } from "@/app/_shell/viewer";
import { Button } from "@/app/_ui/button";
import { Link } from "@/app/_ui/link";
import type { ProductKind } from "@/lib/schemas/enums";
import { KindFilter } from "./kind-filter";

/** The headline over the shop, links to selling and to the viewer's orders, and the filter. */
export async function ShopIntro({ kind }: { kind: ProductKind | null }) {
  const [t, viewer] = await Promise.all([getTranslations("shop"), getShellViewer()]);
  return (
    <div className="flex flex-col gap-6 pt-8 pb-8 sm:pt-12 sm:pb-10">
      <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-5">
        <div>
          <PageTitle>{t("title")}</PageTitle>
          <p className="mt-4 max-w-[54ch] text-pretty text-muted sm:text-lg">{t("lead")}</p>
        </div>
        {viewer ? (
          <div className="flex flex-wrap gap-2">
            {viewer.role === "listener" ? null : (
              <Button asChild>
                <Link href="/shop/new">
                  <Plus className="size-5" aria-hidden="true" />
                  {t("sell")}
                </Link>
              </Button>
            )}
            <Button asChild look="quiet">
              <Link href="/orders">
                <Receipt className="size-5" aria-hidden="true" />
                {t("orders")}
              </Link>
            </Button>
          </div>
        ) : null}
      </div>
      <KindFilter current={kind} />
    </div>
  );
}
