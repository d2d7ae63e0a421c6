/** A made-up cloud for component tests and the demo: one person, one workspace, whatever a test puts into it. */

import { BackendError } from "../index";
import type * as wire from "../types";

const AT = "2026-11-20T10:00:00Z";
export const ADA: wire.Person = { id: "01900000-0000-7000-8000-00000000000a", display_name: "Ada" };
export const GRACE: wire.Person = { id: "01900000-0000-7000-8000-00000000000b", display_name: "Grace" };
export const WORKSPACE = "01900000-0000-7000-8000-0000000000c1";
export const PROJECT = "01900000-0000-7000-8000-0000000000d1";

const ACCOUNT: wire.Account = { id: ADA.id, email: "ada@example.org", email_verified: true, display_name: "Ada", role: "USER", plan: "free", locale: "en", has_password: true, has_second_factor: false, recovery_codes_left: 0, created_at: AT, erase_after: null };
const ALONE: wire.CloudState = { address: null, offered: null, link: "none", account: null, offlineSinceMs: null, memoryOnly: false, unsent: 0, unread: 0, offers: 0 };

const OWN: wire.Workspace = { id: WORKSPACE, name: "Emberworks", personal: false, role: "owner", permissions: ["view", "create_project", "configure", "manage_members", "audit", "delete", "transfer"], plan: "free", settings: {}, members: 2, projects: 1, created_at: AT, updated_at: AT, seq: 1 };
const INSIDE: wire.Project = { id: PROJECT, workspace_id: WORKSPACE, name: "Emberfall", description: "", visibility: "workspace", tags: [], settings: {}, role: "owner", permissions: ["view", "comment", "edit", "configure", "manage_members", "moderate", "delete", "transfer"], created_at: AT, updated_at: AT, seq: 1 };

export interface FakeCloudOptions {
  state?: Partial<wire.CloudState>;
  signedIn?: boolean;
  project?: string;
}

export class FakeCloud {
  state: wire.CloudState;
  unsent: wire.UnsentComment[] = [];
  /** What each list answers; one that is not here was never heard. */
  readonly lists = new Map<wire.CloudAsk["list"], wire.CloudRows>();
  readonly acts: wire.CloudAct[] = [];
  asOfMs: number | null;
  /** Fails the next act with this. */
  refuse: wire.Failure | null = null;
  project: string | null;
  /** Who can be mentioned. */
  people: readonly wire.Person[] = [GRACE];
  /** What a list answers that depends on more than its name. */
  answer: (ask: wire.CloudAsk) => wire.CloudRows | undefined = () => undefined;
  /** Whether the desktop takes notices, and those that it took. */
  desktop = false;
  readonly notices: { about: string; title: string; body: string }[] = [];
  /** What a sign-in leads to. */
  entering: wire.CloudDone = { is: "done" };

  constructor(options: FakeCloudOptions, nowMs: number, private readonly tell: (news: wire.CloudNews) => void) {
    this.state = { ...ALONE, ...(options.signedIn ? { address: "https://cloud.example.org", link: "live", account: ACCOUNT } : {}), ...options.state };
    this.project = options.project ?? null;
    this.asOfMs = nowMs - 120_000;
    this.lists.set("workspaces", { list: "workspaces", rows: [OWN] });
    this.lists.set("workspace", { list: "workspace", rows: OWN });
    this.lists.set("projects", { list: "projects", rows: [INSIDE] });
    this.lists.set("project", { list: "project", rows: INSIDE });
    this.lists.set("account", { list: "account", rows: ACCOUNT });
    this.lists.set("members", { list: "members", rows: [{ person: ADA, role: "owner", inherited: false, joined_at: AT }, { person: GRACE, role: "member", inherited: false, joined_at: AT }] });
    this.lists.set("permissions", { list: "permissions", rows: { workspace: [{ permission: "view", least_role: "member" }, { permission: "delete", least_role: "owner" }], project: [{ permission: "edit", least_role: "editor" }] } });
    for (const list of ["invitations", "activity", "comments", "notifications", "offers", "sessions", "keys", "identities", "consents", "exports", "preferences", "bin", "quotas", "objectActivity"] as const) this.lists.set(list, { list, rows: [] } as wire.CloudRows);
    this.lists.set("erasure", { list: "erasure", rows: { erase_after: null, sole_owner_of: [] } });
  }

  turn(change: Partial<wire.CloudState>): void {
    this.state = { ...this.state, ...change };
    this.tell({ is: "state", state: this.state });
  }

  heard(ask: wire.CloudAsk): void {
    this.tell({ is: "heard", ask });
  }

  list(ask: wire.CloudAsk): wire.CloudList {
    if (this.state.account === null) throw new BackendError({ code: "signed_out", message: "You are signed out of the cloud. Sign in again." });
    const rows = this.answer(ask) ?? this.lists.get(ask.list) ?? null;
    return { rows, asOfMs: rows === null ? null : this.asOfMs, asking: false, failure: null };
  }

  act(act: wire.CloudAct): wire.CloudDone {
    this.acts.push(act);
    const failure = this.refuse;
    if (failure && act.do !== "stepUp" && act.do !== "stepUpBy") {
      this.refuse = null;
      throw new BackendError(failure);
    }
    switch (act.do) {
      case "connect":
        this.turn({ address: act.address, link: "signedOut" });
        break;
      case "signIn":
      case "secondFactor":
      case "provider":
        if (act.do === "signIn" && this.entering.is === "secondFactor") return this.entering;
        this.turn({ link: "live", account: ACCOUNT });
        break;
      case "signOut":
        this.turn({ ...ALONE, address: this.state.address, link: "signedOut" });
        break;
      case "comment":
        this.unsent = [...this.unsent, { id: `c${this.acts.length}`, project: act.project, object: act.object, thread: act.thread, body: act.body, writtenMs: 0, refused: null }];
        this.turn({ unsent: this.unsent.length });
        this.tell({ is: "unsent" });
        break;
      case "createKey":
        return { is: "key", what: { key: { id: "01900000-0000-7000-8000-0000000000e1", name: act.name, hint: "gf_key_ab12", scopes: act.scopes, created_at: AT, expires_at: null, last_used_at: null, last_address: null }, secret: "gf_key_ab12-the-secret" } };
      case "saveExport":
        return { is: "saved", what: `${act.folder}/gameforge-data.zip` };
      case "beginFactor":
        return { is: "factor", what: { secret: "JBSWY3DPEHPK3PXP", url: "otpauth://totp/GameForge", qr_svg: "<svg xmlns='http://www.w3.org/2000/svg'/>" } };
      case "confirmFactor":
        return { is: "codes", what: ["aaaa-bbbb", "cccc-dddd"] };
      default:
        break;
    }
    return { is: "done" };
  }
}
