import { FeedSkeleton } from "@/app/_features/posts/feed/feed-skeleton";
import { Skeleton } from "@/app/_ui/skeleton";

/** Skeleton of a person's page. */
export function PersonSkeleton() {
  return (
    <>
      <div className="mb-8 grid gap-x-10 gap-y-6 sm:grid-cols-[auto_minmax(0,1fr)] sm:items-center">
        <Skeleton className="size-28 rounded-full sm:size-44" />
        <div className="flex flex-col gap-4">
          <Skeleton className="h-12 w-3/5" />
          <Skeleton className="h-4 w-2/5" />
          <Skeleton className="h-13 w-40 rounded-full" />
        </div>
      </div>
      <FeedSkeleton />
    </>
  );
}
