import { rejectOtherMethods } from "@/lib/core/http";
import { unblockAccount } from "@/lib/ops";
import { definePersonAction } from "../define-person-action";

// POST /api/admin/people/{id}/unblock
export const POST = definePersonAction("Let a blocked account sign in again", unblockAccount);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
