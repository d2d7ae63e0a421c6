/**
 * What the cloud tells a person: on the desktop while the window is behind others, else in the window; and where a
 * notification leads.
 */

import { BackendError, type Notification } from "$backend";
import { t } from "$messages";
import { notificationExcerpt, notificationTitle, notificationWords, textOf } from "./activity";
import type { Studio } from "./studio.svelte";

/** Notices whose press is still understood. */
const MOST = 50;

export class Notices {
  private readonly told = new Map<string, Notification>();

  constructor(private readonly studio: Studio) {}

  /** Tells of a notification that has just come. */
  async tell(notification: Notification): Promise<void> {
    this.told.set(notification.id, notification);
    const [oldest] = this.told.keys();
    if (this.told.size > MOST && oldest !== undefined) this.told.delete(oldest);
    // Wherever the desktop cannot be told, the window says it.
    const onDesktop = await this.studio.backend.cloudNotice(notification.id, notificationTitle(notification), notificationExcerpt(notification)).catch(() => false);
    if (onDesktop) return;
    this.studio.toasts.show("done", notificationWords(notification), { action: { label: t("inbox.open"), run: () => void this.look(notification) } });
  }

  /** A notice on the desktop was pressed. */
  async pressed(id: string): Promise<void> {
    const notification = this.told.get(id);
    if (notification) await this.look(notification);
    else this.studio.dialog = { is: "inbox" };
  }

  /** Goes to what a notification is about, which is then read. */
  async look(notification: Notification): Promise<void> {
    const { studio } = this;
    const { cloud } = studio;
    if (notification.read_at === null && !cloud.away) void cloud.act({ do: "read", id: notification.id });
    const { kind, object, details, project_id: project, workspace_id: workspace } = notification;
    if (kind === "security") studio.dialog = { is: "account", page: "devices" };
    else if (kind === "invitation") studio.dialog = { is: "inbox" };
    else if (kind === "removed") studio.toasts.show("done", notificationTitle(notification));
    else if (object?.kind === "asset" && project !== null && project === cloud.project) await showAsset(studio, object.id, object.name);
    else if (project !== null) {
      // Its library is another one than the open one, or none: its project is what can be shown.
      studio.dialog = { is: "team", place: { is: "project", id: project }, name: textOf(details, "project") || t("told.aProject"), permissions: [], page: kind === "role" ? "members" : "activity" };
    } else if (workspace !== null) studio.dialog = { is: "team", place: { is: "workspace", id: workspace }, name: textOf(details, "workspace") || t("team.workspace"), permissions: [], page: "members" };
    else studio.dialog = { is: "inbox" };
  }
}

/** Selects an asset, among what is shown or else among all of the library, and says so when it is not there. */
export async function showAsset(studio: Studio, id: string, name: string): Promise<void> {
  try {
    await studio.backend.asset(id);
  } catch (thrown) {
    if (BackendError.from(thrown).code === "not_found") studio.toasts.show("bad", t("inbox.notHere", { name }));
    else studio.complain(thrown);
    return;
  }
  studio.dialog = null;
  studio.quickLook = null;
  studio.viewer = null;
  const position = () => studio.attempt(() => studio.backend.position(studio.results.handle, id));
  // What is searched for stays where the asset is in it.
  let at = studio.place.is === "duplicates" ? null : await position();
  if (typeof at !== "number") {
    studio.place = { is: "all" };
    studio.text = "";
    await studio.search();
    at = await position();
  }
  if (typeof at === "number") await studio.choose(at, { shift: false, toggle: false });
  else {
    // It is of a kind that is left out of the list: the inspector shows it all the same.
    studio.selection.set([id]);
    await studio.inspect();
  }
}
