/** A team with something to show in every list, for looking at the cloud's views in a browser. All of it is made up. */

import type * as wire from "../types";
import { ADA, type FakeCloud, GRACE, PROJECT, WORKSPACE } from "./cloud";

const MIRA: wire.Person = { id: "01900000-0000-7000-8000-00000000000c", display_name: "Mira Valdés" };
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const id = (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

const PREFERENCES = ["mention", "reply", "comment", "invitation", "role", "removed", "resolved", "security"] as const;

function comments(object: wire.ObjectRef): wire.Comment[] {
  const plain = { project_id: PROJECT, object, thread_id: null, mentions: [], reactions: [], edited_at: null, resolved_at: null, resolved_by: null, deleted_at: null, seq: 1 } satisfies Partial<wire.Comment>;
  return [
    { ...plain, id: id(501), author: GRACE, body: `@[Ada](${ADA.id}) the rim light is a little strong. Darker at the shoulder? @[Mira Valdés](${MIRA.id}) has the palette.`, mentions: [ADA, MIRA], reactions: [{ emoji: "👀", people: [MIRA] }, { emoji: "👍", people: [ADA, MIRA] }], created_at: ago(190) },
    { ...plain, id: id(502), author: ADA, thread_id: id(501), body: "Yes, two steps down. I will push it tonight.", created_at: ago(164), edited_at: ago(160) },
    { ...plain, id: id(503), author: MIRA, thread_id: id(501), body: "", created_at: ago(150), deleted_at: ago(140) },
    { ...plain, id: id(504), author: MIRA, body: "Is the pivot at the feet?", created_at: ago(2900), resolved_at: ago(2800), resolved_by: ADA },
    { ...plain, id: id(505), author: ADA, thread_id: id(504), body: "It is now.", created_at: ago(2810) },
  ];
}

const events = (): wire.Activity[] =>
  ([
    ["comment.answered", ADA, {}, 164], ["comment.written", GRACE, {}, 190], ["project.visibility", ADA, { from: "private", to: "workspace" }, 1500], ["member.joined", MIRA, {}, 2950],
    ["invitation.sent", ADA, { email: "mira@example.org" }, 3000], ["project.renamed", ADA, { from: "Ember", to: "Emberfall" }, 4300], ["project.created", ADA, { name: "Ember" }, 4400],
  ] as const).map(([verb, actor, details, minutes], at) => ({ seq: 40 - at, part: 0, at: ago(minutes), actor, verb, object_kind: "project", object_id: PROJECT, details }));

function notifications(object: wire.ObjectRef): wire.Notification[] {
  const plain = { workspace_id: WORKSPACE, project_id: PROJECT, object, comment_id: id(501), desktop: true } satisfies Partial<wire.Notification>;
  return [
    { ...plain, id: id(601), kind: "mention", actor: GRACE, details: { project: "Emberfall", workspace: "Emberworks", excerpt: `@[Ada](${ADA.id}) the rim light is a little strong.` }, created_at: ago(190), read_at: null },
    { ...plain, id: id(602), kind: "reply", actor: MIRA, details: { project: "Emberfall", workspace: "Emberworks", excerpt: "The palette is in the style guide." }, created_at: ago(150), read_at: null },
    { ...plain, id: id(603), kind: "security", project_id: null, workspace_id: null, object: null, actor: null, details: { device: "ada-laptop" }, created_at: ago(4000), read_at: ago(3900) },
    { ...plain, id: id(604), kind: "role", object: null, actor: GRACE, details: { project: "Emberfall", workspace: "Emberworks", role: "admin" }, created_at: ago(6000), read_at: ago(5900) },
  ];
}

/** Fills the stand-in; `of` is an asset that was talked about. */
export function furnish(cloud: FakeCloud, of: string): void {
  cloud.people = [GRACE, MIRA, { id: id(13), display_name: "Grant Imahara" }];
  cloud.asOfMs = Date.now() - 1_500_000;
  const set = (rows: wire.CloudRows) => void cloud.lists.set(rows.list, rows);
  set({ list: "members", rows: [{ person: ADA, role: "owner", inherited: false, joined_at: ago(4400) }, { person: GRACE, role: "admin", inherited: true, joined_at: ago(4200) }, { person: MIRA, role: "editor", inherited: false, joined_at: ago(2950) }] });
  set({ list: "invitations", rows: [{ id: id(701), workspace_id: WORKSPACE, project_id: null, email: "noor@example.org", role: "viewer", state: "pending", invited_by: ADA, created_at: ago(700), expires_at: ago(-19_000) }, { id: id(702), workspace_id: WORKSPACE, project_id: null, email: "li@example.org", role: "editor", state: "declined", invited_by: GRACE, created_at: ago(9000), expires_at: ago(-11_000) }] });
  set({ list: "activity", rows: events() });
  set({ list: "objectActivity", rows: events().slice(0, 2) });
  set({ list: "quotas", rows: [{ resource: "members", used: 4, most: 5 }, { resource: "projects", used: 20, most: 20 }, { resource: "comments_a_day", used: 37, most: 2000 }] });
  set({ list: "offers", rows: [{ id: id(801), workspace: "Night Market", project: "Lanterns", role: "editor", invited_by: MIRA, message: "We need your tile sets.", expires_at: ago(-18_000) }] });
  set({ list: "sessions", rows: [{ id: id(901), device_name: "ada-desk", platform: "Linux", created_at: ago(4400), last_used_at: ago(2), last_address: "203.0.113.7", place: null, current: true }, { id: id(902), device_name: "ada-laptop", platform: "macOS", created_at: ago(4000), last_used_at: ago(1300), last_address: "198.51.100.20", place: null, current: false }] });
  set({ list: "keys", rows: [{ id: id(911), name: "Nightly build", hint: "gf_key_7f3a", scopes: ["projects:read", "comments:write"], created_at: ago(9000), expires_at: ago(-90_000), last_used_at: ago(500), last_address: "203.0.113.9" }] });
  set({ list: "identities", rows: [{ provider: "github", label: "ada-l", linked_at: ago(4000), last_used_at: ago(100) }] });
  set({ list: "consents", rows: [{ text: { purpose: "terms", version: 1, required: true, text: "I accept the terms of use." }, given: true, answered_at: ago(4400) }, { text: { purpose: "product_mail", version: 1, required: false, text: "Send me news about the product by mail." }, given: false, answered_at: ago(300) }] });
  set({ list: "exports", rows: [{ id: id(921), state: "ready", asked_at: ago(240), expires_at: ago(-9000), size: 48_210_000 }, { id: id(922), state: "expired", asked_at: ago(20_000), expires_at: ago(9000), size: 31_000_000 }] });
  set({ list: "preferences", rows: PREFERENCES.map((kind) => ({ kind, in_app: true, desktop: kind !== "comment", mail: kind === "mention" || kind === "security" ? "at_once" : kind === "comment" ? "never" : "digest" })) });
  set({ list: "permissions", rows: {
    workspace: [["view", "member"], ["create_project", "member"], ["configure", "admin"], ["manage_members", "admin"], ["audit", "owner"], ["delete", "owner"], ["transfer", "owner"]].map(([permission = "", least_role = ""]) => ({ permission, least_role })),
    project: [["view", "viewer"], ["comment", "viewer"], ["edit", "editor"], ["configure", "admin"], ["manage_members", "admin"], ["moderate", "admin"], ["delete", "owner"], ["transfer", "owner"]].map(([permission = "", least_role = ""]) => ({ permission, least_role })),
  } });
  const asset: wire.ObjectRef = { kind: "asset", id: of, name: "goblin.png" };
  set({ list: "notifications", rows: notifications(asset) });
  cloud.answer = (ask) => {
    if (ask.list === "comments") return { list: "comments", rows: of === "" || ask.object.id === of ? comments(ask.object) : [] };
    if (ask.list !== "bin") return undefined;
    const kind = ask.place === null ? "workspace" : ask.place.is === "workspace" ? "project" : "comment";
    const names = { workspace: "Old jam", project: "Prototype 3", comment: `@[Grace](${GRACE.id}) never mind, it was the importer.` };
    return { list: "bin", rows: [{ kind, id: id(941), name: names[kind], deleted_by: ADA, deleted_at: ago(2000), purge_after: ago(-41_000) }] };
  };
}
