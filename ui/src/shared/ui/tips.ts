/** What a control says on hover, said by one tooltip for all of them: `Tips.svelte` draws it, `Tip.svelte` has its words. */

import { Tooltip } from "bits-ui";

export interface Words {
  text: string;
  keys: string;
}

export const tips = Tooltip.createTether<Words>();
