/** What no start shows: it is in a package of its own, which comes once the first page is on screen. */

export { default as Dialogs } from "./dialogs/Dialogs.svelte";
export { default as Palette } from "./dialogs/Palette.svelte";
export { default as Many } from "./inspector/Many.svelte";
export { default as One } from "./inspector/One.svelte";
export { Viewer } from "./viewer";
export { default as Tips } from "$shared/ui/Tips.svelte";
