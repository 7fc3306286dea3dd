import "server-only";
import { cache } from "react";
import { getPost } from "@/lib/posts";

/** Reads once per request, shared by the page, its metadata and its image. */
export const readPost = cache((id: string) => getPost(id));
