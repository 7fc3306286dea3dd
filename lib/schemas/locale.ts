import { z } from "zod";
import { locales } from "../core/locale";

export const localeSchema = z.enum(locales);
