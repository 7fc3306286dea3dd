import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache, Suspense } from "react";
import { PersonHead } from "@/app/_features/people/person-head";
import { PersonPosts } from "@/app/_features/people/person-posts";
import { PersonProducts } from "@/app/_features/people/person-products";
import { PersonSkeleton } from "@/app/_features/people/person-skeleton";
import { UnlistedPosts } from "@/app/_features/people/unlisted-posts";
import { NavigationSuspense } from "@/app/_shell/navigation-suspense";
import { Page } from "@/app/_shell/page";
import { readForPage, toNullWhenUnavailable } from "@/app/_shell/read-for-page";
import { getShellViewer, getViewer, getViewerIfKnown } from "@/app/_shell/viewer";
import { getUser } from "@/lib/accounts";
import { hasBlocked, mayWrite } from "@/lib/contacts";
import { getPerson } from "@/lib/people";
import { listPosts, listUnlistedPosts } from "@/lib/posts";
import { isolate } from "@/lib/schemas/isolate";
import { postPageQuerySchema } from "@/lib/schemas/post";
import type { Cover } from "@/lib/schemas/track";
import { listProducts } from "@/lib/shop";

/** Reads once per request, shared by the page and its metadata. */
const readPerson = cache((handle: string) => readForPage(getPerson(handle)));

const MAX_DESCRIPTION_LENGTH = 180;

/** A reserved word, which leads viewers to their own page. */
const OWN_PAGE = "me";

export async function generateMetadata({
  params,
  searchParams,
}: PageProps<"/u/[handle]">): Promise<Metadata> {
  const [{ handle }, query, t] = await Promise.all([params, searchParams, getTranslations("person")]);
  if (handle === OWN_PAGE) return { robots: { index: false } };
  // Undefined when the read failed; the page reads again and reports the error.
  const person = await readPerson(handle).catch(() => undefined);
  if (person === undefined) return {};
  if (person === null) return { title: t("notFoundTitle"), robots: { index: false } };
  const description =
    person.bio.replace(/\s+/g, " ").slice(0, MAX_DESCRIPTION_LENGTH).trim() ||
    t("description", { name: isolate(person.name) });
  const url = `/u/${person.handle}`;
  return {
    title: isolate(person.name),
    description,
    alternates: { canonical: url },
    openGraph: {
      ...{ type: "profile", title: person.name, description, url, username: person.handle },
      ...previewImage(person.picture),
    },
    // Later pages have an address for browsers without JavaScript; only the first is indexed.
    ...(Object.keys(query).length > 0 ? { robots: { index: false } } : {}),
  };
}

export default async function PersonPage({ params, searchParams }: PageProps<"/u/[handle]">) {
  const [{ handle }, { cursor, products }] = await Promise.all([params, searchParams]);
  if (handle === OWN_PAGE) await redirectToOwnPage();
  return (
    <NavigationSuspense
      key={handle}
      skeleton={
        <Page className="pt-8 sm:pt-12">
          <PersonSkeleton />
        </Page>
      }
    >
      <CurrentPerson handle={handle} postCursor={parseCursor(cursor)} productCursor={parseCursor(products)} />
    </NavigationSuspense>
  );
}

/** The largest picture that every preview can show; without one, the site's own. */
function previewImage(picture: Cover | null) {
  const source = picture?.sources.findLast(({ type, url }) => type === "image/webp" && url !== "");
  return source ? { images: [{ url: source.url, width: source.width, height: source.height }] } : {};
}

async function redirectToOwnPage(): Promise<never> {
  const viewer = await getViewer();
  if (!viewer) redirect(`/sign-in?next=/u/${OWN_PAGE}`);
  const user = await readForPage(getUser(viewer.id));
  if (!user) notFound();
  redirect(`/u/${user.handle}`);
}

interface CurrentPersonProps {
  handle: string;
  postCursor: string | undefined;
  productCursor: string | undefined;
}

async function CurrentPerson({ handle, postCursor, productCursor }: CurrentPersonProps) {
  const [person, viewer] = await Promise.all([readPerson(handle), getShellViewer()]);
  if (!person) notFound();
  // One that the person had before. They may give it up, so not for ever.
  if (person.handle !== handle.toLowerCase()) redirect(`/u/${person.handle}`);
  const viewerId = viewer?.id ?? null;
  const isOwn = viewerId === person.id;
  const [posts, products, contact] = await Promise.all([
    readForPage(listPosts({ authorId: person.id, cursor: postCursor })),
    readForPage(listProducts({ sellerId: person.id, cursor: productCursor })),
    viewerId === null || isOwn
      ? null
      : readForPage(readContact(viewerId, person.id)).catch(toNullWhenUnavailable),
  ]);
  const renderedAt = Date.now();
  return (
    <>
      <PersonHead
        person={person}
        isOwn={isOwn}
        isAnonymous={viewerId === null}
        hasProducts={products.items.length > 0}
        contact={contact}
        posts={posts.items}
      />
      <Page>
        <PersonPosts person={person} page={posts} viewerId={viewerId} renderedAt={renderedAt} />
        {isOwn ? (
          <Suspense fallback={null}>
            <OwnUnlistedPosts renderedAt={renderedAt} />
          </Suspense>
        ) : null}
        <PersonProducts person={person} page={products} renderedAt={renderedAt} />
      </Page>
    </>
  );
}

async function readContact(viewerId: string, personId: string) {
  const [isBlocked, canWrite] = await Promise.all([
    hasBlocked(viewerId, personId),
    mayWrite(viewerId, personId),
  ]);
  return { isBlocked, canWrite };
}

/** Left out when it cannot be read: the page is about what all see. */
async function OwnUnlistedPosts({ renderedAt }: { renderedAt: number }) {
  const viewer = await getViewerIfKnown();
  if (!viewer) return null;
  const caller = { userId: viewer.id, role: viewer.role };
  const posts = await readForPage(listUnlistedPosts(caller)).catch(toNullWhenUnavailable);
  return posts && <UnlistedPosts posts={posts} viewerId={viewer.id} renderedAt={renderedAt} />;
}

/** Ignores a cursor that does not parse, so that an old or mangled link still opens the page. */
function parseCursor(cursor: string | string[] | undefined): string | undefined {
  return postPageQuerySchema.shape.cursor.safeParse(cursor).data;
}
