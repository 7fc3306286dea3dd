import { AppError } from "../core/errors";
import { listPosts } from "../posts";
import type { PersonPage } from "../schemas/person";
import { listProducts } from "../shop";
import { getPerson } from "./get-person";

/**
 * A person with the first pages of their posts and of what they sell. Further pages are those of the lists of posts and
 * products, with the person's id.
 *
 * @throws {AppError} not_found when there is none with this handle, or the account is being erased
 */
export async function getPersonPage(handle: string): Promise<PersonPage> {
  const person = await getPerson(handle);
  if (!person) throw new AppError("not_found", { message: "person_not_found" });
  const [posts, products] = await Promise.all([
    listPosts({ authorId: person.id }),
    listProducts({ sellerId: person.id }),
  ]);
  return { person, posts, products };
}
