import { z } from "zod";

/** Latin letters, digits, and hyphens between them. */
export const HANDLE_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** In a path: case does not matter. What cannot be a handle is refused before anything is read. */
export const handleSchema = z.string().toLowerCase().max(43).regex(HANDLE_PATTERN);
