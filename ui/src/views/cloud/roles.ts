/** The roles, the greatest first, as the cloud's table has them. */
export const LEVELS: Record<"workspace" | "project", readonly string[]> = { workspace: ["owner", "admin", "member"], project: ["owner", "admin", "editor", "viewer"] };
