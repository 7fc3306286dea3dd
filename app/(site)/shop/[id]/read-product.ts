import "server-only";
import { cache } from "react";
import { getProduct } from "@/lib/shop";

/** Reads once per request, shared by the page and its metadata. */
export const readProduct = cache((id: string) => getProduct(id));
