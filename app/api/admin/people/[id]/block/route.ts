import { rejectOtherMethods } from "@/lib/core/http";
import { blockAccount } from "@/lib/ops";
import { definePersonAction } from "../define-person-action";

// POST /api/admin/people/{id}/block
export const POST = definePersonAction("Block an account: it is signed out and cannot sign in", blockAccount);

export const { GET, PUT, PATCH, DELETE, OPTIONS } = rejectOtherMethods("POST");
