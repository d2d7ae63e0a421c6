/** What every viewer is given. */

import type { AssetDetail, Backend } from "$backend";

export interface ViewerProps {
  backend: Backend;
  detail: AssetDetail;
  /** Called once something is to be seen: the asset, or why there is none. */
  onready: () => void;
}
