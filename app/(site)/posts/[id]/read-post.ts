import "server-only";
import { cache } from "react";
import { readForPage } from "@/app/_shell/read-for-page";
import { getPost } from "@/lib/posts";

/** Reads once per request, shared by the page, its metadata and its image. */
export const readPost = cache((id: string) => readForPage(getPost(id)));
