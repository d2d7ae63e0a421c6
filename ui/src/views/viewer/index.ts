/** The seam to the viewers: an asset's id, quick or full, and ways to close and to go on. */

export { default as Viewer } from "./Viewer.svelte";
