/** What happened, in words. Verbs and kinds that this version does not know are shown as the cloud names them. */

import type { Activity, Notification } from "$backend";
import { known, t } from "$messages";
import { beginning } from "./comments";

/** A word among the open details of an event; empty when it is not there. */
export function textOf(details: unknown, field: string): string {
  const value = details !== null && typeof details === "object" ? (details as Record<string, unknown>)[field] : undefined;
  return typeof value === "string" ? value : "";
}

/** What follows the name of who did it. */
export function activityWords(activity: Activity): string {
  const name = textOf(activity.details, "name") || textOf(activity.details, "to") || textOf(activity.details, "email");
  const named = `did.${activity.verb}`;
  // Whose address only some may see is not named to all.
  const unnamed = `${named}.unnamed`;
  const key = !name && known(unnamed) ? unnamed : named;
  return known(key) ? t(key, { name: name ? `“${name}”` : "" }).trim() : activity.verb.replaceAll(/[._]/g, " ");
}

/** What a notification tells, in one line. */
export function notificationTitle(notification: Notification): string {
  const { details } = notification;
  const place = textOf(details, "project") || textOf(details, "workspace");
  return t(`told.${notification.kind}`, { person: notification.actor?.display_name ?? t("told.somebody"), place: place || t("told.aProject"), device: textOf(details, "device") }).trim();
}

/** The beginning of the words that it is about, as they read; empty where it is about none. */
export function notificationExcerpt(notification: Notification): string {
  return beginning(textOf(notification.details, "excerpt")).trim();
}

/** Both. */
export function notificationWords(notification: Notification): string {
  const excerpt = notificationExcerpt(notification);
  return excerpt ? `${notificationTitle(notification)} “${excerpt}”` : notificationTitle(notification);
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

/** The same for a plan. */
export function planWord(plan: string): string {
  const key = `plan.${plan}`;
  return known(key) ? t(key) : plan;
}
