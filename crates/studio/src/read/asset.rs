//! One asset with all that is known of it.

use crate::{Error, Library, Result, store};
use gameforge_domain::AssetId;
use gameforge_wire::AssetDetail;

impl Library {
    /// Everything that the inspector tells, from the database: an edit shows at once, whatever the index does.
    ///
    /// # Errors
    /// `NotFound` when the asset is not in the library.
    pub async fn asset(&self, id: AssetId) -> Result<AssetDetail> {
        let gone = || Error::not_found("The asset");
        let mut conn = self.reader().await?;
        let found = store::detail::of(&mut conn, id).await?.ok_or_else(gone)?;
        let cards = self.cards_of(&mut conn, &[found.row]).await?;
        let card = cards.into_iter().next().ok_or_else(gone)?;
        let mut tags = store::tag::of(&mut conn, &[found.row])
            .await?
            .iter()
            .map(store::tag::TagRow::tag)
            .collect::<Result<Vec<_>>>()?;
        tags.sort();
        Ok(AssetDetail {
            card,
            blake3: store::hex(&found.hash),
            metadata: found.metadata,
            palette: found.palette,
            tags,
            collections: store::detail::collections(&mut conn, found.row).await?,
            notes: found.notes,
            licence: found.licence,
            source: found.source,
            author: found.author,
            stored: found.stored,
            locations: store::detail::locations(&mut conn, found.row).await?,
            versions: store::detail::versions(&mut conn, found.row).await?,
            problem: found.problem,
        })
    }
}
