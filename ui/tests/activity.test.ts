import { describe, expect, it } from "vitest";
import type { Activity } from "$backend";
import { activityWords } from "$domain/activity";

const did = (verb: string, details: unknown) => activityWords({ verb, details } as Activity);

describe("What happened", () => {
  it("names the object, or says that there is one", () => {
    expect(did("invitation.sent", { email: "noor@example.org" })).toBe("invited “noor@example.org”");
    expect(did("invitation.sent", { role: "member" })).toBe("invited somebody");
  });

  it("is shown as the cloud names it where this version has no word for it", () => {
    expect(did("portal.opened_wide", {})).toBe("portal opened wide");
  });
});
