/** What happened, in words. Verbs and kinds that this version does not know are shown as the cloud names them. */

import type { Activity, Notification } from "$backend";
import { known, t } from "$messages";

const text = (details: unknown, field: string): string => {
  const value = details !== null && typeof details === "object" ? (details as Record<string, unknown>)[field] : undefined;
  return typeof value === "string" ? value : "";
};

/** What follows the name of who did it. */
export function activityWords(activity: Activity): string {
  const key = `did.${activity.verb}`;
  const name = text(activity.details, "name") || text(activity.details, "to") || text(activity.details, "email");
  return known(key) ? t(key, { name: name ? `“${name}”` : "" }).trim() : activity.verb.replaceAll(/[._]/g, " ");
}

/** The whole sentence. */
export function notificationWords(notification: Notification): string {
  const { details } = notification;
  const place = text(details, "project") || text(details, "workspace");
  const excerpt = text(details, "excerpt");
  const words = t(`told.${notification.kind}`, { person: notification.actor?.display_name ?? t("told.somebody"), place: place || t("told.aProject"), device: text(details, "device") });
  return excerpt ? `${words} “${excerpt}”` : words;
}

/** A role's word; one that this version does not know is shown as the cloud names it. */
export function roleWord(role: string): string {
  const key = `role.${role}`;
  return known(key) ? t(key) : role;
}

/** The same for a permission. */
export function permissionWord(permission: string): string {
  const key = `may.${permission}`;
  return known(key) ? t(key) : permission;
}
